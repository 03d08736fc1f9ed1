"""Networks, losses and the GAN itself; what steadies it, and what draws from it."""
