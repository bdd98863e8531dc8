"""What a city is: places, outlets, spaces, streets; reading and checking of what needs no catalogue."""
