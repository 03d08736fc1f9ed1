"""Other roads than the GAN's: the variational autoencoder and flow matching, and what their likelihoods stand on."""
