"""What people see, in Chinese and English."""
