"""The slow oracle of readings: what T1 to T19 mean, one plain function for each."""
