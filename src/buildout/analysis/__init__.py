"""What runs and sweeps say about causes: sensitivities and derivatives."""
