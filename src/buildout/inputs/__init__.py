"""What a run is made from, each file read once: model, parameters, pathways, sources."""
