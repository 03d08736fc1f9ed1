"""Mathematics without networks: divergences, games, convolutions."""
