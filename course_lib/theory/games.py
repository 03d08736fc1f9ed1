"""Games between two numbers: the smallest GANs, and the steps by which they are played. NumPy only.

The Dirac-GAN (Mescheder, Geiger and Nowozin 2018, "Which Training Methods for GANs do actually Converge?",
definition 2.1): every real number is 0, the generator always says theta, and the discriminator's logit is
l(x) = phi x. The equilibrium is theta = phi = 0. A loss decides only how strongly each player is pushed:

    -dL_G/dtheta = pull_g(l) phi        -dL_D/dphi = -pull_d(l) theta        with l = phi theta

    path = play(GAMES["minimax"], (1.0, 0.0), steps=100, eta=0.2, alternating=False)
    growth(GAMES["minimax"], eta=0.2, alternating=False)          # 1.005: every step leads a little outwards

In all functions eta is the step size (learning rate) of both players; beta the momentum, as in Keras's SGD;
gamma the weight of the penalty gamma / 2 |dl/dx|^2 = gamma / 2 phi^2 on the discriminator's slope (R1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Number = float | np.ndarray
FAR = 1e6
"""`play` stops when a player is further away than this."""


def sigmoid(logit: Number) -> Number:
    """1 / (1 + e^-logit), written with tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(logit) / 2))


@dataclass(frozen=True)
class Game:
    """A Dirac-GAN: its name in words, and the pulls on generator and discriminator as functions of the logit."""

    name: str
    pull_g: Callable[[Number], Number]
    pull_d: Callable[[Number], Number]

    def field(self, theta: Number, phi: Number, gamma: float = 0.0) -> tuple[Number, Number]:
        """Where each player wants to go, (-dL_G/dtheta, -dL_D/dphi); numbers or arrays of one shape."""
        logit = np.multiply(phi, theta)
        return self.pull_g(logit) * phi, -self.pull_d(logit) * theta - gamma * phi

    def linear(self) -> Game:
        """The linear game that this one resembles near the equilibrium, where the logit is 0."""
        pull_g, pull_d = self.pull_g(0.0), self.pull_d(0.0)
        return Game(f"{self.name}, linear", lambda logit: pull_g, lambda logit: pull_d)


GAMES = {
    "minimax": Game("Dirac-GAN, minimax", sigmoid, sigmoid),
    "non_saturating": Game("Dirac-GAN, non-saturating", lambda logit: sigmoid(-logit), sigmoid),
    "wasserstein": Game("bilinear game (a critic)", lambda logit: 1.0, lambda logit: 1.0),
}
"""By the name of the loss, as in `losses`. Without a limit on the slope, the Wasserstein loss is V = -phi theta."""


def step(
    game: Game,
    state: np.ndarray,
    eta: float,
    beta: float = 0.0,
    gamma: float = 0.0,
    alternating: bool = True,
) -> np.ndarray:
    """One step of both players. state: (theta, phi, speed of theta, speed of phi), shape (4,) or (4, N).

    Alternating: the discriminator goes first, and the generator answers the new phi; else both go by the old state.
    """
    theta, phi, speed_g, speed_d = state
    speed_d = beta * speed_d + eta * game.field(theta, phi, gamma)[1]
    seen = phi + speed_d if alternating else phi
    speed_g = beta * speed_g + eta * game.field(theta, seen)[0]
    return np.array([theta + speed_g, phi + speed_d, speed_g, speed_d])


def play(
    game: Game,
    start: tuple[float, float],
    steps: int,
    eta: float,
    beta: float = 0.0,
    gamma: float = 0.0,
    alternating: bool = True,
) -> np.ndarray:
    """The path (theta, phi) from `start`, shape (steps + 1, 2); shorter if a player leaves [-FAR, FAR]."""
    state = np.array([*start, 0.0, 0.0])
    path = [state[:2]]
    for _ in range(steps):
        state = step(game, state, eta, beta, gamma, alternating)
        path.append(state[:2])
        if not np.abs(state).max() < FAR:
            break
    return np.array(path)


def step_matrix(
    game: Game, eta: float, beta: float = 0.0, gamma: float = 0.0, alternating: bool = True
) -> np.ndarray:
    """One step near the equilibrium as a matrix, (4, 4): it multiplies (theta, phi, their speeds).

    A linear step applied to the unit vectors gives the columns of its matrix. Without momentum (beta 0) the old
    speeds do not count, and two of the eigenvalues are 0.
    """
    return step(game.linear(), np.eye(4), eta, beta, gamma, alternating)


def growth(game: Game, eta: float, beta: float = 0.0, gamma: float = 0.0, alternating: bool = True) -> float:
    """The largest modulus of an eigenvalue of `step_matrix`: below 1 the players settle, above 1 they run away."""
    return float(np.abs(np.linalg.eigvals(step_matrix(game, eta, beta, gamma, alternating))).max())
