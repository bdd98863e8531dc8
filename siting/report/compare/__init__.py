"""What differs between two plans, as people read it: lines, a workbook, a page with a map."""
