"""What a city is: places, outlets, spaces, streets; read and checked without a catalogue."""
