"""The engine of the playground: a GAN in the plane that is played round by round, without any widget."""
