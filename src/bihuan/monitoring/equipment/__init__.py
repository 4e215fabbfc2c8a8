"""Equipment and means: systems, cameras, drilling, explosives, ponds, and who shares data."""
