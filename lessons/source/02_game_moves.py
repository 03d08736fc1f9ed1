# %% [markdown]
# # 2. The game moves
# In lesson 1 the discriminator was perfect, and we asked what the generator should do. In a real training nobody is
# perfect. Both players learn at once, in small steps, and each step of one changes the game for the other. This can
# go round in circles for ever. In this lesson we make the game so small that it fits on a sheet of paper: each
# player is a single number. Then we can draw every possible move as an arrow, and say beforehand, with two numbers
# called eigenvalues, whether the players will circle, run away or settle. In the end two real networks play in the
# plane, and we see which of the laws still hold there.
#
# **You will be able to**
#
# - draw the arrows of a game between two players and read off where it goes;
# - predict from the eigenvalues of one step whether players circle, run away or settle, and how fast;
# - say what the order of the steps, their size, momentum and a gradient penalty change, and why;
# - write a GAN from scratch with `tf.GradientTape`, and test it on a game whose outcome you know.
#
# **Time:** {minutes} minutes, eight exercises included. All cells together run in under a minute. **Assumed:** Python,
# NumPy, derivatives, and how a matrix multiplies a vector. Eigenvalues and complex numbers you should have met once;
# what we need of them is said here. From lesson 1: the value $V(D, G)$.
#
# **Notation.** The generator $G$ has parameters $\theta$, the discriminator $D$ has $\phi$; $l(x)$ is its logit, and
# $D(x) = \sigma(l(x))$ with $\sigma(t) = 1/(1 + e^{-t})$. The losses $L_G$, $L_D$ are to be made small. The step
# size (learning rate) is $\eta$, momentum $\beta$, and the weight of a penalty $\gamma$.

# %% role="setup"
import numpy as np

from course_lib.checks import check, check_that
from course_lib.theory.games import sigmoid

# %% [markdown]
# ## Where we are going
# The same game four times, from the same start (the ring). In each picture the players follow the arrows, and only
# the rule by which they step is another. The star is where they should arrive. Once they run away, once they circle,
# twice they settle. At the end you can say why, and *predict* it for a rule you have not seen.

# %% fold="Draw the same game under four rules"
from functools import partial

import matplotlib.pyplot as plt

from course_lib import plots
from course_lib.plots.phase_plane import vector_field
from course_lib.theory import games

plots.use_course_style()
minimax, non_saturating = games.GAMES["minimax"], games.GAMES["non_saturating"]
bilinear = games.GAMES["wasserstein"]

rules = {
    "both at once": {"alternating": False},
    "one after the other": {},
    "... with momentum -0.5": {"beta": -0.5},
    "... with a gradient penalty": {"gamma": 0.3},
}
figure, panels = plt.subplots(1, 4, figsize=(11, 3.2), sharey=True)
for axes, (name, rule) in zip(panels, rules.items(), strict=True):
    path = games.play(minimax, (0.8, 0), steps=60, eta=0.5, **rule)
    arrows = partial(minimax.field, gamma=rule.get("gamma", 0.0))
    vector_field(arrows, path, title=name, axes=axes)
    axes.label_outer()
plots.show(
    figure,
    alt="Four fields of arrows that turn clockwise around a star in the middle, each with a path. "
    "Both at once: the path spirals outwards. One after the other: it goes round on a closed "
    "curve. With negative momentum it slowly spirals inwards, and with a gradient penalty quickly, to the star.",
)

# %% [markdown]
# ## The smallest GAN there is
# All real numbers are 0. Really: $p_{data}$ has all its mass in one point. The generator does not listen to its
# noise; it has one adjustable number $\theta$, and all its fakes are $\theta$. The discriminator has one number too,
# the slope $\phi$ of its logit, $l(x) = \phi x$: with a positive $\phi$ it takes numbers on the right for
# real, with a negative one those on the left. This is the **Dirac-GAN** (Mescheder, Geiger and Nowozin, 2018), named
# after the physicist whose density sits in one point.
#
# We know how it should end: at $\theta = 0$, where the fakes are real, and with $\phi = 0$, where $D = \frac12$
# everywhere. This is the **equilibrium**: from there, neither player can gain by moving alone. The value of the
# game is
#
# $$ V(\theta, \phi) = \log D(0) + \log(1 - D(\theta)) = -\log 2 - \log\big(1 + e^{\phi\theta}\big) . $$
#
# Each player goes downhill on its own loss, the discriminator on $L_D = -V$, the generator on $L_G = V$ (the
# *minimax* game of lesson 1). Differentiate, and remember that $\log(1 + e^t)$ has the derivative $\sigma(t)$:
#
# $$ -\frac{\partial L_G}{\partial \theta} = \sigma(\phi\theta)\,\phi, \qquad
#  -\frac{\partial L_D}{\partial \phi} = -\sigma(\phi\theta)\,\theta . $$
#
# The cell compares both with difference quotients of $V$ at 1,000 random places. A quotient over $2 \cdot 10^{-5}$
# is off by some $10^{-10}$ for the curve's bending and by $10^{-16}/10^{-5}$ for rounding; we allow $10^{-9}$.


# %%
def compare(what, seen, expected, tolerance):
    """Stop if two numbers, or any pair in two arrays, differ by more than the tolerance."""
    worst = np.max(np.abs(np.asarray(seen) - expected))
    assert worst <= tolerance, f"{what}: off by {worst}"
    print(f"{what}: they differ by at most {worst:.1g} (allowed: {tolerance:.1g})")


def value(theta, phi):
    return np.log(sigmoid(phi * 0)) + np.log(1 - sigmoid(phi * theta))


def field(theta, phi):
    """Where the players want to go: (-dL_G/dtheta, -dL_D/dphi)."""
    push = sigmoid(phi * theta)
    return push * phi, -push * theta


random = np.random.default_rng(seed=2)
theta, phi = random.uniform(-2, 2, size=(2, 1_000))
tiny = 1e-5
slope_theta = (value(theta + tiny, phi) - value(theta - tiny, phi)) / (2 * tiny)
slope_phi = (value(theta, phi + tiny) - value(theta, phi - tiny)) / (2 * tiny)
wanted_g, wanted_d = field(theta, phi)
compare("generator: -dV/dtheta and the formula", -slope_theta, wanted_g, 1e-9)
compare("discriminator: dV/dphi and the formula", slope_phi, wanted_d, 1e-9)

# %% [markdown]
# The two formulas make an arrow at every place of the plane. Before you look at them, follow the story on paper.
# The players start at $\theta = 1$, $\phi = 0$: fakes on the right, and a discriminator without an opinion.
#
# - It soon notices that what lies on the right is fake, and tilts: $\phi$ becomes negative.
# - The generator walks up the slope of the logit, to the left. $\theta$ shrinks, and comes to 0. Perfect!
# - But $\phi$ is still negative, so the generator goes *on* to the left. Now the fakes are on the left, and only now
#   does the discriminator begin to tilt back.
#
# **Predict first.** Where are they after one round? Nearer to $(0, 0)$, farther away, or as far as at the start?
#
# To find out what the *arrows* say we take steps so small that only the arrows count. The cell walks for the same
# time, 30, in coarse, fine and very fine steps, always with both players moving at once: $\eta$ times the arrow.

# %% role="spoiler"
for eta in (0.1, 0.01, 0.001):
    path = [(1.0, 0.0)]
    for _ in range(round(30 / eta)):
        theta, phi = path[-1]
        step_theta, step_phi = field(theta, phi)
        path.append((theta + eta * step_theta, phi + eta * step_phi))
    path = np.array(path)
    print(f"steps of {eta:5}: distance from (0, 0) after time 30 is {np.hypot(*path[-1]):.4f}")

# %% role="spoiler" fold="Draw the arrows and the path, and both players over time"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), width_ratios=(2, 3))
vector_field(field, path, title="The arrows, and a path in tiny steps", axes=left)
time_line = np.arange(len(path)) * eta
plots.line_curves(
    time_line,
    {r"generator, $\theta$": path[:, 0], r"discriminator, $\phi$": path[:, 1]},
    "Neither ever arrives",
    "time (step size times number of steps)",
    "parameter",
    colours={r"generator, $\theta$": "generator", r"discriminator, $\phi$": "discriminator"},
    axes=right,
)
right.set(ylim=(-1.3, 1.6))
right.legend(loc="upper center", ncols=2)
plots.show(
    figure,
    alt="Left: arrows that turn clockwise around a star at zero, and a path that follows them on a "
    "circle of radius one. Right: the generator's and the discriminator's parameter over time, two "
    "waves of equal height, the second a quarter of a wave behind the first.",
)

# %% [markdown]
# The finer the steps, the closer the distance stays to 1: each time we take a tenth of the step, it is off by about a
# tenth as much. So by the arrows alone they go round **in a circle**, for ever. And that can be proved in one line. Let
# time flow, and ask how the squared distance changes:
#
# $$ \frac{d}{dt}\big(\theta^2 + \phi^2\big) = 2\theta\,\frac{d\theta}{dt} + 2\phi\,\frac{d\phi}{dt}
#  = 2\theta\,\sigma(\phi\theta)\,\phi - 2\phi\,\sigma(\phi\theta)\,\theta = 0 . $$
#
# Every arrow stands at a right angle to the line from the equilibrium. Nobody plays badly here: each goes the
# way that is best for itself at this moment. The circle is in the game.
#
# And real steps make it worse than a circle. With $\eta = 0.1$ the players had drifted outwards by 40 per cent.
# Why, and what can be done? To calculate it we take a game that is simpler still.
#
# ## The bilinear game
# Take the critic from the end of lesson 1: it gives marks, not probabilities, and
# $V = E_{p_{data}}[l] - E_{p_g}[l]$, which with $l(x) = \phi x$ is
#
# $$ V(\theta, \phi) = \phi \cdot 0 - \phi \cdot \theta = -\phi\,\theta, \qquad \text{arrows: } (\phi, -\theta) . $$
#
# It is called bilinear because it is linear in each player's number. Its arrows are those of the Dirac-GAN without
# the factor $\sigma(\phi\theta)$: the same directions, only longer. Near the equilibrium $\sigma$ is $\frac12$, so
# there the Dirac-GAN is this game at half speed. And in this game a step is nothing but multiplication by a matrix.
# If both move **at once** (*simultaneous* steps),
#
# $$ \begin{pmatrix} \theta_{n+1} \\ \phi_{n+1} \end{pmatrix}
#  = \begin{pmatrix} \theta_n + \eta\phi_n \\ \phi_n - \eta\theta_n \end{pmatrix}
#  = \underbrace{\begin{pmatrix} 1 & \eta \\ -\eta & 1 \end{pmatrix}}_{M}
#  \begin{pmatrix} \theta_n \\ \phi_n \end{pmatrix} . $$
#
# How far are they from $(0, 0)$ after the step? Multiply out; the mixed terms cancel:
#
# $$ (\theta + \eta\phi)^2 + (\phi - \eta\theta)^2 = (1 + \eta^2)\,(\theta^2 + \phi^2) . $$
#
# So each step leads outwards, by the factor $\sqrt{1 + \eta^2}$, however small $\eta$ is. The picture is simple: the
# arrow is a tangent of the circle, and whoever walks straight ahead along a tangent leaves the circle.
#
# There is a second way to see it, and it tells the angle too. Write the two numbers as one complex number,
# $u = \theta + i\phi$. Then the step is $u_{n+1} = (1 - i\eta)\,u_n$; multiply it out and compare. To multiply by
# a complex number is to *stretch* by its modulus, here $|1 - i\eta| = \sqrt{1 + \eta^2}$, and to *turn* by its angle,
# here $\arctan\eta$, clockwise.

# %%
eta = 0.2
M = np.array([[1, eta], [-eta, 1]])
w = np.array([1.0, 0.0])
u = 1.0 + 0.0j
for _ in range(50):
    w, u = M @ w, (1 - 1j * eta) * u
compare("50 steps: by matrix, by complex number", w, [u.real, u.imag], 1e-12)
compare("distance: played, (1 + eta^2)^25", np.hypot(*w), (1 + eta**2) ** 25, 1e-12)

# %% [markdown]
# (Here and below, $10^{-12}$ is room for rounding: each operation is off by about $10^{-16}$ of its result.)
#
# ## Exercise 1: predict
# Now the critic is `strength` times as steep: $V(\theta, \phi) = -a\,\phi\,\theta$ with $a$ = `strength`. Both
# move at once, with step size `eta`, for `steps` steps. *Before* anything runs, predict two things: the **factor** by
# which their distance from $(0, 0)$ has grown, and how many **turns** around it they have made (1.0 for a
# full turn, always counted positive).
#
# Write `predict_spiral(strength, eta, steps)`, which returns `(factor, turns)`. No loop is needed. First on paper:
# what are the arrows of this game, and by which complex number does a step multiply?


# %% role="exercise" grade_id="predict_spiral"
# Exercise 1
def predict_spiral(strength, eta, steps):
    """(factor, turns) after simultaneous steps in the game V = -strength * phi * theta."""
    ### BEGIN SOLUTION
    one_step = 1 - 1j * strength * eta
    return abs(one_step) ** steps, steps * abs(np.angle(one_step)) / (2 * np.pi)
    ### END SOLUTION


# %% role="check" grade_id="predict_spiral"
checked_predict_spiral = check(
    1,
    "predict_spiral",
    cases=[
        ((1.0, 0.2, 50), (2.6658363, 1.5708240)),
        ((2.0, 0.3, 12), (6.3275189, 1.0321252)),
        ((0.5, 1.0, 8), (2.4414062, 0.5903345)),
        ((1.0, 0.4, 7), (1.6811364, 0.4239163)),
    ],
    mistakes={
        "The factor is that of the squared distance; the distance grows by its square root.": [
            (7.1066833, 1.5708240),
            (40.0374953, 1.0321252),
            (5.9604645, 0.5903345),
            (2.8262197, 0.4239163),
        ],
        "The factor is right. The angle of 1 - i a eta is not a eta itself: on a tangent you turn a little "
        "less, by the arctangent.": [
            (2.6658363, 1.5915494),
            (6.3275189, 1.1459156),
            (2.4414062, 0.6366198),
            (1.6811364, 0.4456338),
        ],
        "The factor is right. One full turn is an angle of 2 pi, not of 1.": [
            (2.6658363, 9.8697780),
            (6.3275189, 6.4850340),
            (2.4414062, 3.7091809),
            (1.6811364, 2.6635446),
        ],
        "The factor is right. np.angle knows no whole turns, its result is between -pi and pi: take the angle of "
        "one step, times the number of steps.": [
            (2.6658363, 0.4291760),
            (6.3275189, 0.0321252),
            (2.4414062, 0.4096655),
            (1.6811364, 0.4239163),
        ],
        "Nearly. They turn clockwise, so the angle is negative; turns are to be counted positive.": [
            (2.6658363, -1.5708240),
            (6.3275189, -1.0321252),
            (2.4414062, -0.5903345),
            (1.6811364, -0.4239163),
        ],
        "Right for strength 1. A steeper critic makes longer arrows: (a phi, -a theta).": [
            (2.6658363, 1.5708240),
            (1.6771001, 0.5566415),
            (16.0, 1.0),
            (1.6811364, 0.4239163),
        ],
        "That is a circle. The arrows say circle, but steps along a tangent lead outwards.": [
            (1.0, 1.5708240),
            (1.0, 1.0321252),
            (1.0, 0.5903345),
            (1.0, 0.4239163),
        ],
    },
    hint="The arrows are (a phi, -a theta), so a step multiplies theta + i phi by 1 - i a eta. "
    "np.abs and np.angle give its modulus and its angle (in radians, and without whole turns).",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_spiral" points=1
cases = zip(
    random.uniform(0.5, 2, 4),
    random.uniform(0.2, 0.5, 4),
    random.integers(5, 20, 4),
    strict=True,
)
publish(values=[predict_spiral(a, eta, int(steps)) for a, eta, steps in cases])

# %% [markdown]
# Now the test. The next cell plays three games step by step, and asks `checked_predict_spiral` for its prediction:
# that is your function if the check found it right, else the course's own.

# %% role="spoiler"
three_games = ((1.0, 0.05, 125), (1.0, 0.3, 21), (2.0, 0.3, 12))
print("strength   eta   steps   factor played, predicted   turns played, predicted")
for strength, eta, steps in three_games:
    path = games.play(bilinear, (0.5, 0), steps, strength * eta, alternating=False)
    angles = np.unwrap(np.arctan2(path[:, 1], path[:, 0]))  # whole turns are kept
    played = np.hypot(*path[-1]) / 0.5, abs(angles[-1]) / (2 * np.pi)
    predicted = checked_predict_spiral(strength, eta, steps)
    assert np.allclose(played, predicted, rtol=1e-5, atol=1e-5)
    (factor, turns), (factor_said, turns_said) = played, predicted
    print(
        f"{strength:8} {eta:5} {steps:7} {factor:15.3f}, {factor_said:.3f}"
        f" {turns:18.3f}, {turns_said:.3f}"
    )

# %% role="spoiler" fold="Draw the three games"
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.8), sharey=True)
for axes, (strength, eta, steps) in zip(panels, three_games, strict=True):
    path = games.play(bilinear, (0.5, 0), steps, strength * eta, alternating=False)
    title = f"a = {strength}, $\\eta$ = {eta}: factor {np.hypot(*path[-1]) / 0.5:.2f}"
    vector_field(bilinear.field, path, title, reach=3.3, axes=axes)
    axes.label_outer()
plots.show(
    figure,
    alt="Three paths of about one turn around the equilibrium. With small steps it is nearly a closed "
    "circle, with steps of 0.3 a spiral outwards, and with a critic twice as steep a wide one.",
)

# %% [markdown]
# ## Eigenvalues: what a step does in the long run
# Other rules make other matrices, not all of them as tidy as this one. What replaces the complex number
# $1 - i\eta$ is the **eigenvalues**. A number $\mu$ is an eigenvalue of $M$ if there is a direction $v$
# that $M$ only stretches: $M v = \mu v$. Start in this direction, and after $n$ steps you are at $\mu^n v$. An
# ordinary start is a sum of such directions, $w_0 = c_1 v_1 + c_2 v_2 + \dots$, so
#
# $$ w_n = M^n w_0 = c_1\,\mu_1^n\,v_1 + c_2\,\mu_2^n\,v_2 + \dots $$
#
# and after a while the largest $|\mu|$ is all that counts. (A few matrices have too few such directions; then
# $\mu^n$ gets a factor $n$, and the conclusion stands unless $|\mu| = 1$.) Call it the **growth** of the step:
#
# | growth, the largest $\lvert\mu\rvert$ | the players |
# |---|---|
# | below 1 | settle, by this factor a step |
# | exactly 1 | neither settle nor run away: they go round |
# | above 1 | run away, by this factor a step |
#
# A matrix that turns has no real direction that it only stretches. Its eigenvalues are then complex, in pairs
# $\mu = |\mu|\,e^{\pm i\omega}$, and $\omega$ is the angle of the turn. For our $M$ they are $1 - i\eta$ and its
# mirror image $1 + i\eta$.
#
# For a 2 x 2 matrix, $\mu_1$ and $\mu_2$ are the solutions of $\mu^2 - (\text{trace})\,\mu + \det = 0$, so their
# product is the determinant. If they are a complex pair, the product is $\mu\bar\mu = |\mu|^2$, and we have a
# shortcut worth remembering: **a step that turns has growth $\sqrt{\det M}$.**
#
# The cell tries both claims on 200 random matrices: it plays 400 steps and measures the growth over the second
# half. A path that turns does not go out evenly but on squeezed spirals, so one measurement can be off by a
# constant factor at both ends. Over 200 steps, a factor of 20 would be an error of 0.015 in the logarithm: that is
# what we allow.

# %%
worst, turning = 0.0, 0
for _ in range(200):
    matrix = random.normal(size=(2, 2))
    eigenvalues = np.linalg.eigvals(matrix)
    if abs(abs(eigenvalues[0]) / abs(eigenvalues[1]) - 1) < 0.1 and np.isreal(eigenvalues[0]):
        continue  # two real ones of nearly equal size: no winner after 400 steps
    if abs(eigenvalues[0].imag) > 0:
        turning += 1
        assert np.isclose(np.abs(eigenvalues[0]), np.sqrt(np.linalg.det(matrix)))
    w, logarithms = random.normal(size=2), []
    for _ in range(400):
        w = matrix @ w
        logarithms.append(np.log(np.hypot(*w)))
        w /= np.hypot(*w)  # measured, then brought back to length 1: no overflow
    measured = np.mean(logarithms[200:])
    worst = max(worst, abs(measured - np.log(np.abs(eigenvalues).max())))
print(f"log of the growth, played and by eigenvalues: they differ by at most {worst:.4f}")
print(f"{turning} of the matrices turn, and each has growth sqrt(det)")
assert worst < 0.015

# %% [markdown]
# ## One after the other
# In practice one often lets the discriminator go first, and the generator then answers the *new* discriminator
# (*alternating* steps). For the bilinear game:
#
# $$ \phi_{n+1} = \phi_n - \eta\,\theta_n, \qquad
#  \theta_{n+1} = \theta_n + \eta\,\phi_{n+1} = (1 - \eta^2)\,\theta_n + \eta\,\phi_n . $$
#
# $$ M = \begin{pmatrix} 1 - \eta^2 & \eta \\ -\eta & 1 \end{pmatrix}, \qquad
#  \det M = 1 - \eta^2 + \eta^2 = 1, \qquad \text{trace} = 2 - \eta^2 . $$
#
# **Predict first.** For $\eta = 1.5$: in, out or a circle? And for $\eta = 2.1$? (The eigenvalues are complex as long
# as $\text{trace}^2 < 4 \det$.)

# %% role="spoiler"
print("eta   eigenvalues of one step                 growth   distance after 200 steps")
for eta in (0.1, 0.5, 1.5, 2.1):
    M = np.array([[1 - eta**2, eta], [-eta, 1]])
    eigenvalues = np.linalg.eigvals(M).astype(complex)
    w = np.linalg.matrix_power(M, 200) @ [1, 0]
    text = ", ".join(f"{each:.3f}" for each in eigenvalues)
    print(f"{eta:3}   {text:36} {np.abs(eigenvalues).max():8.3f}   {np.hypot(*w):.3g}")

# %% role="spoiler" fold="Draw 200 steps for three step sizes"
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.8), sharey=True)
for axes, eta in zip(panels, (0.1, 0.5, 1.5), strict=True):
    title = f"one after the other, $\\eta$ = {eta}"
    vector_field(bilinear.field, title=title, reach=2.3, axes=axes)
    path = games.play(bilinear, (1, 0), 200, eta)
    axes.plot(*path.T, ".", color=plots.COLOURS["fake"], markersize=4)
    axes.label_outer()
plots.show(
    figure,
    alt="Two hundred steps in each of three panels, as dots. With step size 0.1 they lie on a circle, "
    "with 0.5 on a slightly tilted ellipse, with 1.5 on a long tilted ellipse.",
)

# %% [markdown]
# Exactly a closed curve, for every $\eta$ up to 2. It is the ellipse $\theta^2 + \phi^2 - \eta\,\theta\phi = $
# constant. *Proof.* Before the step this is
# $\theta_n^2 + \phi_n(\phi_n - \eta\theta_n) = \theta_n^2 + \phi_n\phi_{n+1}$. After it,
# $\phi_{n+1}^2 + \theta_{n+1}(\theta_{n+1} - \eta\phi_{n+1}) = \phi_{n+1}^2 + \theta_{n+1}\theta_n$. Put
# $\theta_{n+1} = \theta_n + \eta\phi_{n+1}$ and $\phi_{n+1} + \eta\theta_n = \phi_n$ into the second; it becomes
# the first. ∎
#
# The cell checks the equation on all steps, and looks at the distance from $(0, 0)$.

# %%
for eta in (0.1, 0.5, 1.5):
    path = games.play(bilinear, (1, 0), 200, eta)
    ellipse = path[:, 0] ** 2 + path[:, 1] ** 2 - eta * path[:, 0] * path[:, 1]
    compare(f"eta {eta}: the ellipse's equation, all steps", ellipse, ellipse[0], 1e-12)
    distances = np.hypot(*path.T)
    print(f"   the distance swings between {distances.min():.2f} and {distances.max():.2f}")

# %% [markdown]
# So growth 1 does not mean that the distance stays what it is. On the ellipse for $\eta = 1.5$ it swings between 0.76
# and 2.00; but it always comes back.
#
# The mere order of two lines of code decides between running away and circling. Above $\eta = 2$ the eigenvalues
# are real, their product is still 1, and so one of them is beyond $-1$: the players jump from side to side, ever
# further.
#
# ## Exercise 2: derive, and check with numbers
# "If the generator runs in circles, the discriminator is too slow: train it more often." One hears this advice. Is
# it good here? In the game $V = -a\,\phi\,\theta$ the discriminator takes `k` steps of size `eta_d`, while $\theta$
# stands still; then the generator takes one step of size `eta_g` and answers the last $\phi$. Derive the matrix of
# this whole round, and write `round_matrix(strength, eta_g, eta_d, k)`: a 2 x 2 array that takes $(\theta, \phi)$
# before the round to $(\theta, \phi)$ after it. With everything 1 it is `[[0, 1], [-1, 1]]`.
#
# Then look at its determinant. What does it say about the advice? And its trace?


# %% role="exercise" grade_id="round_matrix"
# Exercise 2
def round_matrix(strength, eta_g, eta_d, k):
    """2 x 2: k discriminator steps, then one generator step, in V = -strength * phi * theta."""
    ### BEGIN SOLUTION
    down = k * strength * eta_d  # phi after the k steps: phi - down * theta
    up = strength * eta_g
    return np.array([[1 - up * down, up], [-down, 1]])
    ### END SOLUTION


# %% role="check" grade_id="round_matrix"
at_once = [
    np.array([[1.0, 1.0], [-1.0, 1.0]]),
    np.array([[1.0, 0.2], [-0.3, 1.0]]),
    np.array([[1.0, 0.15], [-1.0, 1.0]]),
]
exchanged = [
    np.array([[0.0, 1.0], [-1.0, 1.0]]),
    np.array([[0.94, 0.3], [-0.2, 1.0]]),
    np.array([[0.85, 0.2], [-0.75, 1.0]]),
]
last_only = [
    np.array([[0.0, 1.0], [-1.0, 1.0]]),
    np.array([[0.94, 0.2], [-0.3, 1.0]]),
    np.array([[0.97, 0.15], [-0.2, 1.0]]),
]
generator_first = [
    np.array([[1.0, 1.0], [-1.0, 0.0]]),
    np.array([[1.0, 0.2], [-0.3, 0.94]]),
    np.array([[1.0, 0.15], [-1.0, 0.85]]),
]
transposed = [
    np.array([[0.0, -1.0], [1.0, 1.0]]),
    np.array([[0.94, -0.3], [0.2, 1.0]]),
    np.array([[0.85, -1.0], [0.15, 1.0]]),
]
whole_rounds = [
    np.array([[0.0, 1.0], [-1.0, 1.0]]),
    np.array([[0.94, 0.2], [-0.3, 1.0]]),
    np.array([[0.5807513, 0.6628027], [-0.8837370, 0.7133118]]),
]
generator_too = [
    np.array([[0.0, 1.0], [-1.0, 1.0]]),
    np.array([[0.94, 0.2], [-0.3, 1.0]]),
    np.array([[0.25, 0.75], [-1.0, 1.0]]),
]
checked_round_matrix = check(
    2,
    "round_matrix",
    cases=[
        ((1.0, 1.0, 1.0, 1), np.array([[0.0, 1.0], [-1.0, 1.0]])),
        ((1.0, 0.2, 0.3, 1), np.array([[0.94, 0.2], [-0.3, 1.0]])),
        ((0.5, 0.3, 0.4, 5), np.array([[0.85, 0.15], [-1.0, 1.0]])),
    ],
    mistakes={
        "This is both at once: your generator answers the old phi. Put the phi after the k steps "
        "into the generator's line.": at_once,
        "The two step sizes are exchanged: eta_d belongs to phi, eta_g to theta.": exchanged,
        "Right for k = 1. Theta stands still meanwhile, so each of the k steps takes the same away from "
        "phi.": last_only,
        "Right for k = 1. The generator takes one step a round, not k.": generator_too,
        "Right for k = 1. But these are k whole rounds: theta should stand still while phi takes its k "
        "steps.": whole_rounds,
        "In your round the generator goes first. Here it comes last, and answers the phi after the k "
        "steps.": generator_first,
        "The right numbers, transposed: the first row says what theta becomes, the second what phi "
        "becomes.": transposed,
    },
    hint="First phi after k steps, as a number times theta plus phi; then put it into theta's line. The rows "
    "are theta and phi after the round, the columns what multiplies theta and phi before it.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="round_matrix" points=2
values = [
    round_matrix(*random.uniform([0.3, 0.1, 0.1], [2, 0.5, 0.5]), int(random.integers(2, 7)))
    for _ in range(3)
]
publish(values=np.array(values))

# %% [markdown]
# The advice, tried with your matrix: more and more steps of the discriminator, $a = 1$ and both step sizes 0.6.

# %% role="spoiler"
print(" k   determinant   trace    growth of a round   distance after 50 rounds")
for k in (1, 2, 5, 11, 12):
    M = np.asarray(checked_round_matrix(1.0, 0.6, 0.6, k))
    growth = np.abs(np.linalg.eigvals(M)).max()
    distance = np.hypot(*np.linalg.matrix_power(M, 50) @ [1, 0])
    print(f"{k:2} {np.linalg.det(M):12.6f} {np.trace(M):8.2f} {growth:18.6f} {distance:18.4g}")

# %% [markdown]
# The determinant is 1, whatever $k$ and the step sizes are. While the eigenvalues are complex the players circle;
# more discriminator steps only squeeze the ellipse. And with $k\,a^2\,\eta_d\,\eta_g > 4$, here from $k = 12$ on, the
# trace is below $-2$ and they run away: the advice can even break the game. (Some well-known recipes do give the
# discriminator several steps for one of the generator's, with success. But they have a penalty too, and that changes
# everything, as a later section shows.)
#
# ## Every smooth game is linear, if you look closely enough
# The Dirac-GAN is curved, and so is any network. But close to an equilibrium a smooth field is almost
# linear: $F(w) \approx J w$, where $w$ is the players' distance from the equilibrium and $J$ the matrix of the
# derivatives there, the **Jacobian**. For the Dirac-GAN $F = \sigma(\phi\theta)\,(\phi, -\theta)$, at
# $(0, 0)$:
#
# $$ J = \begin{pmatrix} \partial F_\theta/\partial\theta & \partial F_\theta/\partial\phi \\
#  \partial F_\phi/\partial\theta & \partial F_\phi/\partial\phi \end{pmatrix}
#  = \begin{pmatrix} 0 & \tfrac12 \\ -\tfrac12 & 0 \end{pmatrix}, \qquad \text{with eigenvalues }
#  \lambda = \pm\tfrac{i}{2} . $$
#
# (Derivatives of $\sigma$ itself appear with a factor $\phi$ or $\theta$, which is 0 there.) The eigenvalues
# $\lambda$ of $J$ speak about the *arrows*: along a direction with $J v = \lambda v$, continuous time gives
# $e^{\lambda t} v$. A negative real part shrinks, a positive one grows, and the imaginary part turns. Purely
# imaginary: circles.
#
# The eigenvalues $\mu$ of a *step* follow from them. Simultaneous steps are $w + \eta J w$, so
#
# $$ M = I + \eta J, \qquad \mu = 1 + \eta\lambda . $$
#
# The players settle if every $\mu$ lies in the unit disc, that is, if every $\eta\lambda$ lies in the disc of
# radius 1 around $-1$. Write $\lambda = -r + i\omega$ with a real part $-r < 0$:
#
# $$ |1 + \eta\lambda|^2 = (1 - \eta r)^2 + \eta^2\omega^2 = 1 - 2\eta r + \eta^2 |\lambda|^2 < 1
#  \quad\Longleftrightarrow\quad \eta < \frac{2 r}{|\lambda|^2} . $$
#
# A game that turns fast ($\omega$ large) and shrinks little ($r$ small) needs tiny steps; one that only turns
# ($r = 0$) has none that is small enough.

# %%
jacobian = np.empty((2, 2))
for column, change in enumerate(np.eye(2) * 1e-5):
    jacobian[:, column] = (np.array(field(*change)) - np.array(field(*-change))) / 2e-5
compare("Jacobian of the Dirac-GAN: formula, quotients", jacobian, [[0, 0.5], [-0.5, 0]], 1e-9)

# Close to the equilibrium the curved game must grow as the linear one does: by |1 + i eta/2| a step.
path = games.play(minimax, (1e-4, 0), 50, eta=0.3, alternating=False)
growth = (np.hypot(*path[-1]) / 1e-4) ** (1 / 50)
compare("growth of the Dirac-GAN: played, by eigenvalues", growth, abs(1 + 0.15j), 1e-7)

# %% fold="Draw the disc, and what step sizes do to two pairs of eigenvalues"
disc = -1 + np.exp(1j * np.linspace(0, 2 * np.pi, 200))
figure, axes = plt.subplots(figsize=(5.2, 3.9))
axes.fill(disc.real, disc.imag, color="#e6e6e6")
axes.plot(disc.real, disc.imag, ":", color=plots.COLOURS["neutral"], linewidth=1)
for eigenvalue, role, style in ((0.5j, "fake", "-"), (-0.25 + 0.5j, "real", "--")):
    label = f"$\\lambda$ = {eigenvalue.real:g} $\\pm$ {eigenvalue.imag:g}i"
    for each in (eigenvalue, np.conj(eigenvalue)):
        ray, dots = np.array([0, 2.6]) * each, np.arange(0.4, 2.5, 0.4) * each
        look = {"color": plots.COLOURS[role], "label": label if each is eigenvalue else None}
        axes.plot(ray.real, ray.imag, linestyle=style, linewidth=1.2, **look)
        axes.plot(
            dots.real, dots.imag, plots.MARKERS[role], color=plots.COLOURS[role], markersize=5
        )
axes.set(
    title=r"They settle if every $\eta\lambda$ is in the disc",
    xlabel=r"real part of $\eta\lambda$",
    ylabel="imaginary part",
    xlim=(-2.2, 0.8),
    ylim=(-1.45, 1.45),
    aspect="equal",
)
axes.legend(loc="upper left", fontsize=8)
plots.show(
    figure,
    alt="A grey disc of radius one around minus one. Marks for growing step sizes, on straight lines from "
    "zero: those of an imaginary pair, crosses, go straight up and down and never touch the disc; those of a pair "
    "with a negative real part, dots, lean to the left, start inside, and leave the disc when the step gets too large.",
)

# %% [markdown]
# ## Exercise 3: how large may a step be?
# A game has a Jacobian $J$ of any size at its equilibrium; networks have thousands of parameters. Write
# `largest_step(jacobian)`: the largest number such that simultaneous steps settle for every positive $\eta$ below it,
# and 0.0 if no step settles. For example, `largest_step([[-1, 0], [0, -4]])`, as an array, is 0.5.


# %% role="exercise" grade_id="largest_step"
# Exercise 3
def largest_step(jacobian):
    """The limit below which every step size settles, for steps w + eta * J w; 0.0 if none does."""
    ### BEGIN SOLUTION
    eigenvalues = np.linalg.eigvals(jacobian)
    if np.any(eigenvalues.real >= 0):
        return 0.0
    return float(np.min(-2 * eigenvalues.real / np.abs(eigenvalues) ** 2))
    ### END SOLUTION


# %% role="check" grade_id="largest_step"
turning = np.array([[-0.3, 1.0], [-1.0, -0.3]])
mixed = np.array([[-0.5, 2.0, 0.0], [-2.0, -0.5, 0.0], [0.0, 0.0, -1.0]])
slow_turn = np.array([[-0.05, 1.0, 0.0], [-1.0, -0.05, 0.0], [0.0, 0.0, -3.0]])
penalised = np.array(
    [[0.0, 0.5], [-0.5, -0.4]]
)  # the Dirac-GAN with the penalty of a later section
escaping = np.array([[-1.0, 0.0], [0.0, 0.5]])
circling = np.array([[0.0, 1.0], [-1.0, 0.0]])
third_decides = np.array([[-0.3, 1.0, 0.0], [-1.0, -0.3, 0.0], [0.0, 0.0, -20.0]])
third_escapes = np.array([[-0.3, 1.0, 0.0], [-1.0, -0.3, 0.0], [0.0, 0.0, 0.5]])
as_if_real = [0.5, 1.9156526, 0.9701425, 0.6666667, 4.0, 0.0, 0.0, 0.1, 0.0]
largest_bound = [2.0, 0.5504587, 2.0, 0.6666667, 1.6, 0.0, 0.0, 0.5504587, 0.0]
of_largest_modulus = [0.5, 0.5504587, 0.2352941, 0.6666667, 1.6, 0.0, 0.0, 0.1, 0.0]
by_symmetric_part = [0.5, 0.5504587, 0.2352941, 0.0997506, 0.0, 0.0, 0.0, 0.1, 0.0]
half_of_it = [0.25, 0.2752294, 0.1176471, 0.0498753, 0.8, 0.0, 0.0, 0.05, 0.0]
negative_too = [0.5, 0.5504587, 0.2352941, 0.0997506, 1.6, -4.0, 0.0, 0.1, -4.0]
of_two_rows = [0.5, 0.5504587, 0.2352941, 0.0997506, 1.6, 0.0, 0.0, 0.5504587, 0.5504587]
checked_largest_step = check(
    3,
    "largest_step",
    cases=[
        ((np.array([[-1.0, 0.0], [0.0, -4.0]]),), 0.5),
        ((turning,), 0.5504587),
        ((mixed,), 0.2352941),
        ((slow_turn,), 0.0997506),
        ((penalised,), 1.6),
        ((escaping,), 0.0),
        ((circling,), 0.0),
        ((third_decides,), 0.1),
        ((third_escapes,), 0.0),
    ],
    mistakes={
        "This is the bound for real eigenvalues, 2 / |lambda|. Where the game turns, the bound is "
        "2 r / |lambda|^2.": as_if_real,
        "Every eigenvalue has its own bound, and all have to be kept: the smallest counts.": largest_bound,
        "Nearly. The eigenvalue with the largest modulus need not have the smallest bound: a small one that hardly "
        "shrinks may be stricter. Take the bound of each.": of_largest_modulus,
        "Nearly. A player without a pull back of its own, with a 0 on the diagonal of J, may come to rest through the "
        "other: only the eigenvalues of J itself decide.": by_symmetric_part,
        "Nearly. Three rows have three eigenvalues, and yours come from the first two rows: trace and determinant are "
        "enough for 2 x 2 only.": of_two_rows,
        "Half of it: where did the 2 of 1 - 2 eta r + ... go?": half_of_it,
        "Right where the players can settle. With a real part above 0 no step settles: return 0, not a "
        "negative number.": negative_too,
    },
    hint="np.linalg.eigvals, then 2 r / |lambda|^2 for each, where -r is the real part; the smallest of them; "
    "and 0.0 as soon as one real part is not negative.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="largest_step" points=2
values = []
for size in (2, 4, 6):
    turn = random.normal(size=(size, size))
    shrink = random.uniform(0.1, 0.6, size=size)
    values.append(largest_step(turn - turn.T - np.diag(shrink)))
# The bound is set by the pair that shrinks least, neither the fastest turn nor the largest eigenvalue; then by the
# largest one; and the last game has none.
for alone in random.uniform([-3.5, -90, 2.5], [-2.5, -60, 3.5]):
    game = np.zeros((5, 5))
    game[4, 4] = alone
    for place, low, high in ((0, (0.03, 0.8), (0.08, 1.2)), (2, (0.8, 1.8), (1.2, 2.2))):
        shrink, turn = random.uniform(low, high)
        game[place : place + 2, place : place + 2] = [[-shrink, turn], [-turn, -shrink]]
    change = np.eye(5) + 0.2 * random.normal(size=(5, 5))
    values.append(largest_step(change @ game @ np.linalg.inv(change)))
publish(values=values[:-1], hopeless=values[-1])

# %% [markdown]
# **A good place to stop.** You can now predict what a step does from its eigenvalues; next come a game about which
# eigenvalues say nothing, and a cure for all the circling.
#
# ## When the eigenvalues say nothing
# Most GANs are not trained with $L_G = \log(1 - D(G(z)))$ but with the **non-saturating** loss
# $L_G = -\log D(G(z))$ (lesson 3 is about why). For the Dirac-GAN, $-\log\sigma(\phi\theta)$ has the
# derivative $-\sigma(-\phi\theta)\,\phi$, so the arrows become
#
# $$ F = \big(\sigma(-\phi\theta)\,\phi,\; -\sigma(\phi\theta)\,\theta\big) . $$
#
# At the equilibrium nothing has changed: $\sigma(0) = \frac12$, the same $J$, the same $\lambda = \pm i/2$. The
# linear game circles, and about the curved one this says *nothing*: what is neither in nor out in first order is
# decided by the curvature. So look at the squared distance $R = \theta^2 + \phi^2$ again:
#
# $$ \frac{dR}{dt} = 2\theta\phi\,\big(\sigma(-\phi\theta) - \sigma(\phi\theta)\big)
#  = -2\,\theta\phi\,\tanh\frac{\theta\phi}{2} \;\le\; 0 . $$
#
# (For the minimax game this was exactly 0: there the curvature is neutral, and only the steps count.) It spirals
# **in**, but ever more slowly. For small $\theta\phi$ the right side is about $-(\theta\phi)^2$; over a
# round on a circle, $(\theta\phi)^2 = R^2 \cos^2\!\alpha\,\sin^2\!\alpha$ is $R^2/8$ on average. So
# $dR/dt \approx -R^2/8$, which has the solution $R \approx 8/t$: to halve the distance takes four times the time,
# again and again.
# The cell plays steps of 0.2 in turn, which hardly push, and compares. The formula forgets the start, and we average
# over some rounds; we allow 0.005.

# %%
path = games.play(non_saturating, (1, 0), 10_000, eta=0.2)
for moment in (250, 500, 1_000, 2_000):
    last = np.sum(path[moment * 5 - 150 : moment * 5] ** 2, axis=1).mean()
    compare(f"time {moment:5}: distance, by 8/t", np.sqrt(last), np.sqrt(8 / moment), 0.005)

# %% [markdown]
# **Predict first.** Simultaneous steps push outwards: on $R$, each step works by the factor $1 + \eta^2/4$, so over
# time $dR/dt \approx +\eta R/4$. The curvature pulls inwards by $R^2/8$. What happens when both are at work?

# %% role="spoiler" fold="Play both at once from far out and from close by"
figure, panels = plt.subplots(1, 3, figsize=(9.6, 3.8), sharey=True)
for axes, eta in zip(panels, (0.1, 0.3, 0.6), strict=True):
    vector_field(non_saturating.field, title=f"at once, $\\eta$ = {eta}", axes=axes)
    for start, style in (((1.5, 0.0), "-"), ((0.1, 0.0), "--")):
        path = games.play(non_saturating, start, round(150 / eta), eta, alternating=False)
        axes.plot(*path.T, linestyle=style, color=plots.COLOURS["fake"], linewidth=0.7)
    axes.add_patch(plt.Circle((0, 0), np.sqrt(2 * eta), fill=False, color="black", zorder=3))
    axes.label_outer()
plots.show(
    figure,
    alt="Three panels with step sizes 0.1, 0.3 and 0.6. In each, a path from far out and one from close "
    "by both end on the same circle around the equilibrium, drawn in black; it is larger for larger steps.",
)

# %% [markdown]
# From inside and from outside they end on the **same circle**, and nowhere else. Its radius is where the two
# effects cancel: $\eta R/4 = R^2/8$, so $R = 2\eta$, and the radius is $\sqrt{2\eta}$ (our averages were rough;
# within two hundredths they hold even for $\eta = 0.6$).

# %%
for eta in (0.1, 0.3, 0.6):
    path = games.play(non_saturating, (1, 0), 9_000, eta, alternating=False)
    radius = np.hypot(*path[-500:].T).mean()
    compare(f"eta {eta}: radius of the orbit, sqrt(2 eta)", radius, np.sqrt(2 * eta), 0.02)

# %% [markdown]
# Remember this picture when a training neither fails nor
# gets better, but swings on and on at a distance that depends on the step size. To make it smaller one can lower
# the step size towards the end, or average the generator's weights over a round: the middle of the circle is where
# we wanted to go (lessons 6 and 9 do that).
#
# ## The cure: a gradient penalty
# All this circling has one cause. When the fakes are where they should be, the discriminator still has a slope, and
# the generator obeys it. So let us *fine the slope*. Add to the discriminator's loss
#
# $$ \frac{\gamma}{2}\; E_{x \sim p_{data}}\Big[ \big| \nabla_x\, l(x) \big|^2 \Big]
#  \;=\; \frac{\gamma}{2}\,\phi^2 \quad\text{for } l(x) = \phi x . $$
#
# It asks the logit to be level where the real things are, which it is at the equilibrium. It is called the
# **R1 penalty** (Mescheder and others, 2018). For the discriminator it means a pull back, $-\gamma\phi$, and it works
# like friction: the same line as before now gives $\frac{d}{dt}(\theta^2 + \phi^2) = -2\gamma\phi^2 \le 0$, in the
# minimax game and from anywhere. At the equilibrium the Jacobian gets an entry for it:
#
# $$ J = \begin{pmatrix} 0 & \tfrac12 \\ -\tfrac12 & -\gamma \end{pmatrix}, \qquad
#  \lambda^2 + \gamma\lambda + \tfrac14 = 0, \qquad
#  \lambda = -\frac{\gamma}{2} \pm \sqrt{\frac{\gamma^2}{4} - \frac14} . $$
#
# Both real parts are negative for every $\gamma > 0$: the players settle. Up to $\gamma = 1$ the root is imaginary,
# and they spiral in; there $|\lambda|^2 = \frac14$, and the rule of the last section allows steps up to
# $\eta < 2\,(\gamma/2)\,/\,\frac14 = 4\gamma$. So we can even say how large a step may be.
# The cell compares both formulas with eigenvalues, the second by your function from exercise 3.

# %%
gammas = np.linspace(0, 3, 301)
slowest = []
for gamma in gammas:
    J = np.array([[0, 0.5], [-0.5, -gamma]])
    root = np.sqrt(complex(gamma**2 / 4 - 1 / 4))
    formula = np.array([-gamma / 2 - root, -gamma / 2 + root])
    seen = np.linalg.eigvals(J)
    # 1e-6, because at gamma = 1 the two fall together, where a root is as exact as the root of 1e-16
    distance = np.abs(seen[:, None] - formula).min(axis=1).max()
    assert distance < 1e-6, (gamma, seen, formula)
    slowest.append(seen.real.max())
print(f"all {len(gammas)} pairs of eigenvalues are as the formula says")
for gamma in (0.2, 0.5, 0.9):
    limit = checked_largest_step(np.array([[0, 0.5], [-0.5, -gamma]]))
    compare(f"gamma {gamma}: your largest step, 4 gamma", limit, 4 * gamma, 1e-5)

# %% [markdown]
# **Predict first.** A little penalty is good; is more penalty better? Look at the formula for $\gamma = 1$ and
# for $\gamma = 3$: which $\lambda$ is the slow one?

# %% role="spoiler" fold="Draw the slowest eigenvalue, and a path for each of three weights"
print(f"fastest at gamma = {gammas[np.argmin(slowest)]:.2f}, with {min(slowest):.3f}")
widths = {"width_ratios": (1.3, 1, 1, 1)}
figure, (left, *panels) = plt.subplots(1, 4, figsize=(11, 3.2), gridspec_kw=widths)
left.plot(gammas, slowest, "-", color=plots.COLOURS["discriminator"])
left.plot(1, -0.5, "o", color=plots.COLOURS["discriminator"])
left.annotate("spirals in", (0.02, -0.43))
left.annotate("creeps in", (2.0, -0.27))
left.set(
    title="The slowest eigenvalue",
    xlabel=r"weight of the penalty, $\gamma$",
    ylabel=r"largest real part of $\lambda$",
)
for axes, gamma in zip(panels, (0.2, 1.0, 3.0), strict=True):
    path = games.play(minimax, (1.3, 0), 300, eta=0.1, gamma=gamma, alternating=False)
    title = f"$\\gamma$ = {gamma:g}: ends at {np.hypot(*path[-1]):.3f}"
    vector_field(partial(minimax.field, gamma=gamma), path, title, axes=axes)
for axes in panels[1:]:
    axes.set(ylabel="", yticklabels=[])
plots.show(
    figure,
    alt="First panel: over the weight gamma, the largest real part falls in a straight line from zero to minus "
    "one half at gamma one, and from there rises slowly towards zero again. Then three fields of arrows, each with "
    "a path from the same start. Weight 0.2: the arrows turn, and the path spirals in. Weight one: they lean to the "
    "star, and the path comes in without a full turn. Weight three: they point straight up and down towards a line "
    "close to phi zero, to which the path jumps and then creeps along it.",
)

# %% [markdown]
# And the limit for the step, played: on either side of $4\gamma$. (Squeezed spirals again: a factor of $e$ over 500
# steps is an error of $2 \cdot 10^{-3}$.)

# %%
print("growth per step: played from close by, and by 1 + eta lambda")
for gamma, eta in ((0.2, 0.5), (0.2, 0.79), (0.2, 0.81), (0.5, 1.0)):
    limit = checked_largest_step(np.array([[0, 0.5], [-0.5, -gamma]]))
    path = games.play(minimax, (1e-4, 0), 1_000, eta, gamma=gamma, alternating=False)
    root = np.sqrt(complex(gamma**2 / 4 - 1 / 4))
    predicted = abs(1 + eta * (-gamma / 2 + root))
    seen = (np.hypot(*path[-1]) / np.hypot(*path[-501])) ** (1 / 500)
    print(f"  gamma {gamma}, eta {eta:4} (limit {limit:.1f}): {seen:.4f}, {predicted:.4f}")
    assert abs(seen - predicted) < 2e-3

# %% [markdown]
# More is not better. Beyond $\gamma = 1$ the discriminator is so stiff that it hardly tilts, and the generator has
# hardly any slope to follow: it creeps. And the limit holds to the second decimal: with $\gamma = 0.2$, steps of 0.79
# settle and steps of 0.81 do not.
#
# A warning, since there is more than one gradient penalty. That of WGAN-GP fines a slope that is
# not **1**: $\frac{\gamma}{2}(|\phi| - 1)^2$. In the bilinear game this pushes $\phi$ *away* from the 0 of the
# equilibrium:


# %%
def critic_field(theta, phi, wanted):
    """The bilinear game with a penalty of weight 1 on a slope other than `wanted`."""
    return phi, -theta - (np.abs(phi) - wanted) * np.sign(phi)


critic_paths = {}
for wanted in (0.0, 1.0):
    theta, phi = 1.3, 0.1
    path = [(theta, phi)]
    for _ in range(3_000):
        phi = phi + 0.02 * critic_field(theta, phi, wanted)[1]
        theta = theta + 0.02 * critic_field(theta, phi, wanted)[0]
        path.append((theta, phi))
    critic_paths[wanted] = np.array(path)
    print(f"slope {wanted:g} wanted: the players end at distance {np.hypot(theta, phi):.3f}")

# %% fold="Draw both penalties"
figure, panels = plt.subplots(1, 2, figsize=(7.6, 3.6), sharey=True)
for axes, (wanted, path) in zip(panels, critic_paths.items(), strict=True):
    title = f"penalty wants slope {wanted:g}"
    vector_field(partial(critic_field, wanted=wanted), path, title, axes=axes)
    axes.label_outer()
plots.show(
    figure,
    alt="Left, the penalty wants slope zero: the path goes in to the star. Right, it wants slope one: the path "
    "ends on a closed curve around the star, and stays there.",
)

# %% [markdown]
# It goes round for ever. (For pictures WGAN-GP can be a good recipe all the same, and lesson 9 tries it; but it need
# not come to rest, and this is why.)
#
# ## Exercise 4: repair
# The function should play the Dirac-GAN with the **non-saturating** generator and the R1 penalty in **alternating**
# steps, each player with a step size of its own: first the discriminator moves by
# $\eta_D\,(-\sigma(\phi\theta)\,\theta - \gamma\phi)$; then the generator *answers the new* $\phi$, by
# $\eta_G\,\sigma(-\phi\theta)\,\phi$. It returns all places, the start included, as an array of shape
# `(steps + 1, 2)`. It has **four** faults. Here is the symptom, played by a copy of the broken function; the dashed
# line is how the path should look.

# %% fold="Play the broken function, and draw its path and the right one"
theta, phi = 1.5, 0.0
broken = [(theta, phi)]
for _ in range(400):
    new_phi = phi + 0.2 * (-sigmoid(phi * theta) * theta - 0.3 * phi**2)
    new_theta = theta + 0.2 * sigmoid(phi * theta) * phi
    theta, phi = new_theta, new_phi
    broken.append((theta, phi))
    if max(abs(theta), abs(phi)) > 5:
        break
right_path = games.play(non_saturating, (1.5, 0), 400, eta=0.2, gamma=0.3)
figure = vector_field(
    lambda theta, phi: non_saturating.field(theta, phi, 0.3),
    np.array(broken),
    "The broken function, and how it should be",
    reach=3,
)
figure.axes[0].plot(*right_path.T, "--", color=plots.COLOURS["real"], linewidth=1.2)
plots.show(
    figure,
    alt="The broken function's path leaves the picture below; the dashed path spirals in to the "
    "star.",
)


# %% role="exercise" grade_id="penalised_path"
# Exercise 4
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    """(steps + 1, 2): alternating steps, discriminator first, non-saturating, with R1."""
    ### BEGIN BROKEN
    # path = []
    # for _ in range(steps):
    #     new_phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi**2)
    #     new_theta = theta + eta_g * sigmoid(phi * theta) * phi
    #     theta, phi = new_theta, new_phi
    #     path.append((theta, phi))
    # return np.array(path)
    ### END BROKEN
    ### BEGIN SOLUTION
    path = [(theta, phi)]
    for _ in range(steps):
        phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi)
        theta = theta + eta_g * sigmoid(-phi * theta) * phi
        path.append((theta, phi))
    return np.array(path)
    ### END SOLUTION


# %% role="check" grade_id="penalised_path"
NEAR, FAR_OUT = (1.0, 0.0, 0.5, 0.8, 0.4, 2), (1.0, -2.0, 0.5, 0.8, 0.4, 2)
checked_penalised_path = check(
    4,
    "penalised_path",
    cases=[
        (NEAR, np.array([[1.0, 0.0], [0.8802625, -0.4], [0.705425, -0.5627486]])),
        (FAR_OUT, np.array([[1.0, -2.0], [0.4099799, -1.4553623], [0.071803, -1.1061155]])),
    ],
    mistakes={
        "Three faults are mended; the penalty's pull is the derivative of phi^2 / 2, which is not phi^2.": [
            np.array([[1.0, 0.0], [0.8802625, -0.4], [0.6362686, -0.7419486]]),
            np.array([[1.0, -2.0], [-0.6318621, -3.3753623], [-0.6827964, -6.5692134]]),
        ],
        "Three faults are mended; the generator still answers the old phi: both move at once.": [
            np.array([[1.0, 0.0], [1.0, -0.4], [0.8802625, -0.5930499]]),
            np.array([[1.0, -2.0], [0.1192029, -1.4553623], [-0.2761189, -1.033202]]),
        ],
        "Three faults are mended; the generator's pull is still the minimax one, with sigmoid(phi * theta).": [
            np.array([[1.0, 0.0], [0.9197375, -0.4], [0.8133877, -0.5729747]]),
            np.array([[1.0, -2.0], [0.862339, -1.4553623], [0.7070338, -1.1426827]]),
        ],
        "The penalty has the wrong sign: it should pull phi back to 0.": [
            np.array([[1.0, 0.0], [0.8802625, -0.4], [0.6048501, -0.8187486]]),
            np.array([[1.0, -2.0], [-0.2843638, -2.7353623], [-0.754928, -3.4547982]]),
        ],
        "The step sizes are exchanged: eta_g is the generator's.": [
            np.array([[1.0, 0.0], [0.8875647, -0.25], [0.7008718, -0.3973738]]),
            np.array([[1.0, -2.0], [-0.1154971, -1.6596015], [-0.5951876, -1.296048]]),
        ],
    },
    hint="Go through the two formulas letter by letter: the derivative of the penalty, which phi the generator "
    "sees, the sign inside its sigmoid, and whether the start is in the path.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="penalised_path" points=2
paths = [
    penalised_path(*random.uniform([-2, -2, 0.2, 0.2, 0.2], [2, 2, 0.8, 0.8, 1]), 9)
    for _ in range(3)
]
publish(paths=np.array(paths))

# %% [markdown]
# ## Momentum
# In ordinary training, on one loss, **momentum** is a blessing: a step keeps a share $\beta$ of the step before,
# so one rolls through small bumps. With the speeds $u$ of $\theta$ and $s$ of $\phi$ (as in Keras's
# `SGD(momentum=beta)`), for the bilinear game and alternating steps:
#
# $$ s_{n+1} = \beta s_n - \eta\,\theta_n, \quad \phi_{n+1} = \phi_n + s_{n+1}, \qquad
#  u_{n+1} = \beta u_n + \eta\,\phi_{n+1}, \quad \theta_{n+1} = \theta_n + u_{n+1} . $$
#
# **Predict first.** Alternating steps without momentum circle, and at the start of this lesson you saw that $-0.5$, a
# momentum that *brakes*, brings the players to rest. With $\beta = 0.5$: in, out or circle? And how many times as fast
# with 0.9?
#
# Now the state has four numbers, and a step is a 4 x 4 matrix. There is a trick that spares us from writing it
# down: **apply the step to the four unit vectors; the results are the columns of its matrix.** It works for every
# linear step, however long its code is.


# %% role="spoiler"
def momentum_step(state, eta, beta):
    """One alternating step of the bilinear game; state: theta, phi and their speeds."""
    theta, phi, speed_theta, speed_phi = state
    speed_phi = beta * speed_phi - eta * theta
    phi = phi + speed_phi
    speed_theta = beta * speed_theta + eta * phi
    return np.array([theta + speed_theta, phi, speed_theta, speed_phi])


for beta in (-0.5, 0.0, 0.5, 0.9):
    matrix = np.column_stack([momentum_step(unit, 0.1, beta) for unit in np.eye(4)])
    eigenvalues = np.linalg.eigvals(matrix)
    state = np.array([1.0, 0, 0, 0])
    for _ in range(100):
        state = momentum_step(state, 0.1, beta)
    growth = np.abs(eigenvalues).max()
    print(
        f"beta {beta:4}: growth {growth:.5f}, distance after 100 steps {np.hypot(*state[:2]):.3g}"
    )
    power = np.linalg.matrix_power(matrix, 100)[:, 0]
    compare(
        "   100 steps: matrix power, played", power / growth**100, state / growth**100, 1e-9
    )

# %% [markdown]
# Momentum drives the players apart, and negative momentum brings them to rest. In these steps of 0.1, growth has six
# times as much beyond 1 with 0.9 as with 0.5. (With steps *at once* no momentum above $-1$ brings rest; Gidel and
# others, 2019, found this.) And with smaller steps?

# %%
for beta in (-0.5, 0.5, 0.9):
    beyond, of_half = (games.growth(bilinear, eta, beta) - 1 for eta in (0.0005, 0.00025))
    ratio = beyond / of_half
    print(
        f"beta {beta:4}: growth is 1 {beyond:+.1e}, with half the step {ratio:.2f} times less"
    )
    assert abs(ratio - 4) < 0.1

# %% [markdown]
# What growth has beyond 1 goes with $\eta^2$: half the step, a quarter of it. So much momentum asks for small steps.
# And among small steps momentum matters even more: 0.9 has over 200 times as much beyond 1 as 0.5. The maps are
# computed from the eigenvalues, for large steps too: purple settles, brown runs away, white is close to 1, and the
# black lines are the border. Even a brake can be pulled too hard.

# %% fold="Draw the growth over momentum and step size"
betas, etas = np.linspace(-0.9, 0.9, 73), np.linspace(0.02, 1.0, 50)
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.7), sharey=True)
for axes, alternating in zip(panels, (False, True), strict=True):
    growth = partial(games.growth, bilinear, alternating=alternating)
    growths = np.array([[growth(eta, beta) for beta in betas] for eta in etas])
    look = {"cmap": "PuOr_r", "vmin": 0.9, "vmax": 1.1, "shading": "nearest"}
    image = axes.pcolormesh(betas, etas, growths, rasterized=True, **look)
    if growths.min() < 1 < growths.max():
        axes.contour(betas, etas, growths, levels=[1 - 1e-7], colors="black", linewidths=1.2)
    axes.set(
        title="one after the other" if alternating else "both at once",
        xlabel=r"momentum, $\beta$",
        ylabel=r"step size, $\eta$",
    )
    axes.grid(False)
    axes.label_outer()
figure.colorbar(image, ax=panels, label="growth a step", extend="both")
plots.show(
    figure,
    alt="Two maps of the growth over momentum and step size. Both at once: above one everywhere, most for large "
    "momentum and large steps. One after the other: above one for positive momentum, below one in a wedge of "
    "negative momentum, and above one again where momentum is strongly negative and steps are large.",
)

# %% [markdown]
# This is why GANs are trained with little momentum. Adam, the usual optimiser, has a momentum called `beta_1`, 0.9
# unless told; the DCGAN paper found by trial that 0.9 "resulted in training oscillation and instability" and took
# 0.5, and many later GANs take 0. (Adam also divides each step by the size of recent gradients, which our game does
# not know; it explains the tendency.)
#
# ## Exercise 5: two players, two momenta
# Let the **generator go first** for a change: it sees the old $\phi$, and the discriminator answers the new $\theta$.
# In the bilinear game, each has its own step size and momentum. Write
# `momentum_growth(eta_g, eta_d, beta_g, beta_d)`: the growth of one such step, a number. The trick with the unit
# vectors does most of the work. With both momenta 0 and small steps, what must come out?
#
# And a question to take along: does it matter for the growth who goes first?


# %% role="exercise" grade_id="momentum_growth"
# Exercise 5
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    """Largest modulus of an eigenvalue of one alternating step, generator first."""

    ### BEGIN SOLUTION
    def one_step(state):
        theta, phi, speed_theta, speed_phi = state
        speed_theta = beta_g * speed_theta + eta_g * phi
        theta = theta + speed_theta
        speed_phi = beta_d * speed_phi - eta_d * theta
        return np.array([theta, phi + speed_phi, speed_theta, speed_phi])

    matrix = np.column_stack([one_step(unit) for unit in np.eye(4)])
    return float(np.abs(np.linalg.eigvals(matrix)).max())
    ### END SOLUTION


# %% role="check" grade_id="momentum_growth"
checked_momentum_growth = check(
    5,
    "momentum_growth",
    cases=[
        ((0.5, 0.3, 0.0, 0.0), 1.0),
        ((0.2, 0.2, -0.5, -0.5), 0.9940625),
        ((0.4, 0.2, 0.5, -0.3), 1.0356292),
        ((0.3, 0.6, -0.4, 0.2), 0.9963069),
        ((0.7, 0.7, -0.7, -0.7), 1.0765293),
    ],
    mistakes={
        "Both move at once in your step: the discriminator has to see the new theta.": [
            1.0723805,
            1.003,
            1.0811425,
            1.0736148,
            1.0171741,
        ],
        "This is the largest real part. An eigenvalue that turns needs its modulus, np.abs.": [
            0.925,
            0.9852442,
            0.9789631,
            0.9168919,
            0.8559058,
        ],
        "The old speed is added with its full size; only the share beta of it is kept.": [
            1.5397829,
            1.3675562,
            1.4487992,
            1.5698458,
            1.7717438,
        ],
        "Nearly. `max` of complex numbers goes by their real parts, and here the largest modulus has a negative one: "
        "first np.abs, then the maximum.": [1.0, 0.9940625, 1.0356292, 0.9963069, 0.9308694],
    },
    hint="State: theta, phi and their speeds. speed = beta * speed + eta * arrow, place = place + speed, first for "
    "theta, then for phi with the new theta. Columns from np.eye(4), then np.linalg.eigvals and np.abs.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="momentum_growth" points=1
values = [
    momentum_growth(*random.uniform([0.1, 0.1, -0.6, -0.6], [0.7, 0.7, 0.6, 0.6]))
    for _ in range(5)
]
# Braked so hard that the largest eigenvalue is a negative one.
values += [
    momentum_growth(*random.uniform([0.65, 0.65, -0.8, -0.8], [0.9, 0.9, -0.65, -0.65]))
    for _ in range(3)
]
publish(values=values)

# %% [markdown]
# Try it with your function: as it is, with the two momenta exchanged and, where both are equal, beside the growth of
# the maps, in which the discriminator goes first.

# %% role="spoiler"
print("momenta         generator first   exchanged   discriminator first")
for beta_g, beta_d in ((0.5, 0.5), (0.6, -0.3), (-0.4, 0.2)):
    first = checked_momentum_growth(0.3, 0.3, beta_g, beta_d)
    exchanged = checked_momentum_growth(0.3, 0.3, beta_d, beta_g)
    other = f"{games.growth(bilinear, 0.3, beta_g):15.6f}" if beta_g == beta_d else ""
    print(f"{beta_g:4} and {beta_d:4} {first:17.6f} {exchanged:13.6f} {other}")
    assert np.isclose(first, exchanged, rtol=1e-5)

# %% [markdown]
# It does not matter who goes first. The moves of a long game are the same string, D, G, D, G, D, ...; who begins only
# cuts off the first move. (In matrices: $M_G M_D$ and $M_D M_G$ have the same eigenvalues.) Nor does it matter which
# player has which momentum: exchange them, and the growth stays the same. It takes two to circle.
#
# ## Second reading: the law of momentum
# Nothing later needs this section; it asks for a little more calculus. For small steps there is a law behind the maps.
# Without the speeds the step reads $\phi_{n+1} = \phi_n + \beta(\phi_n - \phi_{n-1}) - \eta\theta_n$, and the
# same for $\theta$. Put in a path that is multiplied by $\mu$ in each step, $\theta_n = \mu^n \theta_0$ and
# $\phi_n = \mu^n\phi_0$, and multiply by $\mu$:
#
# $$ (\mu - 1)(\mu - \beta)\,\phi_0 = -\eta\,\mu\,\theta_0, \qquad
#  (\mu - 1)(\mu - \beta)\,\theta_0 = \eta\,\mu^2\,\phi_0
#  \quad\Longrightarrow\quad (\mu - 1)^2(\mu - \beta)^2 + \eta^2\mu^3 = 0 . $$
#
# (For steps at once it is $\mu^2$ in place of $\mu^3$.) Its solutions are the four eigenvalues. Expanding around
# $\mu = 1$, with $\mu = 1 + \epsilon$ and terms up to $\eta^2$, gives the growth (the lines are in the fold):
#
# $$ \text{alternating: } 1 + \frac{\beta}{(1 - \beta)^3}\,\eta^2, \qquad
#  \text{at once: } 1 + \frac{1 + \beta}{2\,(1 - \beta)^3}\,\eta^2 . $$
#
# <details><summary>The expansion</summary>
#
# Take the root of the equation: $(\mu - 1)(\mu - \beta) = \pm i\eta\,\mu^{3/2}$. With $\mu = 1 + \epsilon$:
# $\epsilon\,(1 - \beta + \epsilon) = \pm i\eta\,(1 + \frac32\epsilon + \dots)$. To first order
# $\epsilon_1 = \pm i\eta/(1 - \beta)$. To second order
# $(1 - \beta)\,\epsilon_2 = \pm\frac32 i\eta\,\epsilon_1 - \epsilon_1^2 = -\frac{3\eta^2}{2(1 - \beta)}
# + \frac{\eta^2}{(1 - \beta)^2}$, which is real. The modulus is
# $|\mu| \approx 1 + \epsilon_2 + \frac12|\epsilon_1|^2$; collect the terms over $(1 - \beta)^3$:
# $-\frac32(1 - \beta) + 1 + \frac12(1 - \beta) = \beta$. For steps at once the $\frac32$ is a 1, and the sum becomes
# $-(1 - \beta) + 1 + \frac12(1 - \beta) = \frac12(1 + \beta)$.
# </details>
#
# So with small alternating steps the *sign* of $\beta$ decides, and with steps at once no $\beta$ above $-1$ helps.
# Mind the cube: between $\beta = 0.5$ and $\beta = 0.9$, $\beta/(1 - \beta)^3$ goes from 4 to 900. (Two thirds of the
# cube are mere speed, since momentum lengthens all steps by $1/(1 - \beta)$. But at equal speed there remains
# $\beta/(1 - \beta)$: 1 against 9.) And a brake is pulled too hard where $\mu = -1$ solves the equation,
# $4(1 + \beta)^2 = \eta^2$: a step must stay below $2(1 + \beta)$, the left edge of the right map.

# %%
for alternating, power in ((True, 3), (False, 2)):
    for beta in (-0.5, 0.3, 0.5):
        law = 1 + (beta if alternating else (1 + beta) / 2) / (1 - beta) ** 3 * 0.01**2
        matrix = games.step_matrix(bilinear, 0.01, beta, alternating=alternating)
        eigenvalues = np.linalg.eigvals(matrix)
        # The law's next term is of the size of eta^4 / (1 - beta)^6, here at most 6e-7; we leave room for its factor.
        compare(f"beta {beta:4}: growth, law", np.abs(eigenvalues).max(), law, 1e-5)
        polynomial = np.poly([1, 1, beta, beta])  # (mu - 1)^2 (mu - beta)^2
        polynomial[4 - power] += 0.01**2
        assert np.abs(np.polyval(polynomial, eigenvalues)).max() < 1e-12
print("and all eigenvalues solve the polynomial")
for beta in (-0.9, -0.7):
    edge = 2 * (1 + beta)
    inside, outside = (games.growth(bilinear, share * edge, beta) for share in (0.99, 1.01))
    print(f"beta {beta}: growth {inside:.3f} just below the edge, {outside:.3f} just above")
    assert inside < 1 < outside

# %% [markdown]
# ## Play: two players
# Now all of it under your hands (you need a running kernel; without one you see the picture as it starts). Left the
# arrows and the path, in the middle the eigenvalues of one step and the unit circle, right the distance and what
# the eigenvalues predict. (A step without momentum forgets the speeds: they add the eigenvalue 0.) Predict before you
# move:
#
# 1. Simultaneous steps, no momentum, no penalty: find any step size at which they do not run away.
# 2. Alternating steps, then a penalty of 0.5. Which step size settles fastest (it is a surprise)? And 2.5?
# 3. Penalty 3, step size 0.3: where do the eigenvalues go, and why is the path so slow?
# 4. Alternating, and momentum 0.9, step size 0.3. How much penalty tames it? Is there enough?
# 5. The non-saturating game, simultaneous, 400 steps of 0.3: the dotted line says they run away. Who is right?
#
# <details><summary>What to see</summary>
#
# - First: there is none. Every step along a tangent leads outwards.
# - Second: at step size 2 both eigenvalues are 0, and near the equilibrium two steps are enough. At 2.5 one eigenvalue
#   is beyond $-1$.
# - Third: one goes to the left, the other back towards 1, and that is the one that creeps.
# - Fourth: from a penalty of about 1.2 on they settle.
# - Fifth: both, each in its place. Near the equilibrium they do run away; farther out the curvature stops them, on the
#   circle of radius $\sqrt{2 \cdot 0.3} = 0.77$.
# </details>

# %%
from course_lib.panels.two_players import TwoPlayers

panel = TwoPlayers()
panel.show()

# %% [markdown]
# ## Exercise 6: design
# No points here, and many right answers. In the game $V = -a\,(\phi - \phi_0)(\theta - \theta_0)$ the equilibrium is
# not at 0 but at a place that your rule does not know. Design a rule of stepping that **settles**, for steps of $\eta
# = 0.2$ and $a$ between 0.7 and 1.5: after 1,000 steps from distance 1 it should be nearer than 0.1. All it may use
# is `field(theta, phi)`, which gives the two arrows, at most four times a step; and a `memory` of your own making,
# which is `None` at the start.
#
# Write `my_rule(field, theta, phi, memory, eta)`, which returns the new `(theta, phi, memory)`. Some ideas: brake
# with negative momentum; look ahead, and use the arrow from where you would come to; use the last arrow to correct
# this one; return the average of all places so far (and keep the real place in the memory).


# %% role="exercise" grade_id="my_rule"
# Exercise 6
def my_rule(field, theta, phi, memory, eta):
    """One step of both players: the new (theta, phi, memory)."""
    ### BEGIN SOLUTION
    ahead_theta, ahead_phi = field(theta, phi)
    arrow_theta, arrow_phi = field(theta + eta * ahead_theta, phi + eta * ahead_phi)
    return theta + eta * arrow_theta, phi + eta * arrow_phi, memory
    ### END SOLUTION


# %% role="check" grade_id="my_rule"
def it_settles(my_rule):
    ends, from_zero = [], []
    for strength, theta_0, phi_0 in ((1.0, 0.0, 0.0), (0.7, 2.0, -1.0), (1.5, -1.0, 3.0)):
        calls = 0

        def field(theta, phi, a=strength, theta_0=theta_0, phi_0=phi_0):
            nonlocal calls
            calls += 1
            return a * (phi - phi_0), -a * (theta - theta_0)

        theta, phi, memory = theta_0 + 1.0, phi_0, None
        for _ in range(1_000):
            theta, phi, memory = my_rule(field, theta, phi, memory, 0.2)
            if not abs(theta) + abs(phi) < 1e6:
                break
        if calls > 4_000:
            return (
                f"It asked for the arrows {calls / 1000:.1f} times a step; four are allowed."
            )
        ends.append(float(np.hypot(theta - theta_0, phi - phi_0)))
        from_zero.append(float(np.hypot(theta, phi)))
    seen = "After 1,000 steps the three games are at distance " + ", ".join(
        f"{end:.2g}" for end in ends
    )
    if max(from_zero) < 0.1:
        return f"{seen}. It settles at (0, 0) only: the equilibrium may be anywhere, so do not just shrink."
    if max(ends) > 1e3:
        return (
            f"{seen}: they run away. Both at once, straight along the arrows, never settles."
        )
    if max(ends) > 0.1:
        return f"{seen}: not yet settled. Below 0.1 in all three would be, so it should come in faster."
    print(f"{seen}.")
    return None


checked_my_rule = check_that(6, "my_rule", it_settles, otherwise=OUR_ANSWER)

# %% [markdown]
# See your rule play, in a game that it does not know: the equilibrium lies at $(0.6, -0.4)$, and $a = 1$.


# %% fold="Draw the path of your rule, and its distance"
def shifted_field(theta, phi):
    return phi + 0.4, -(theta - 0.6)


goal = np.array([0.6, -0.4])
theta, phi, memory = -0.4, -0.4, None
mine, simple = [(theta, phi)], [(theta, phi)]
for _ in range(120):
    theta, phi, memory = checked_my_rule(shifted_field, theta, phi, memory, 0.2)
    mine.append((theta, phi))
    simple.append(np.add(simple[-1], 0.2 * np.array(shifted_field(*simple[-1]))))
mine, simple = np.array(mine) - goal, np.array(simple) - goal
figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), width_ratios=(2, 3))
vector_field(bilinear.field, mine, "My rule, seen from the equilibrium", axes=left)
distances = {"my rule": np.hypot(*mine.T), "both at once": np.hypot(*simple.T)}
title, colours = (
    "Distance from the equilibrium",
    {"my rule": "fake", "both at once": "neutral"},
)
plots.line_curves(np.arange(121), distances, title, "step", "distance", colours, axes=right)
right.set_yscale("log")
plots.show(
    figure,
    alt="Left: arrows that turn around a star, and the path of the rule from exercise 6, from a ring to a dot. "
    "Right: the distance from the star over 120 steps on a logarithmic scale, for that rule and for steps of both "
    "players at once, which goes up in a straight line.",
)

# %% [markdown]
# ## Two networks in the plane
# Enough of single numbers. Now comes a whole GAN: data, two networks, train step and training loop, in under 90
# lines, with nothing but NumPy, TensorFlow and Keras. Half of its train step is yours to write. The real points come
# from eight bumps on a circle. Both networks are **dense**: each layer multiplies the vector that comes in by a
# matrix, adds another vector, and bends every number of the result with tanh (the last layer does not bend). The
# numbers in those matrices and vectors are the parameters $\theta$ and $\phi$, now some thousands of them.
#
# And how will we know that the train step is right? By playing a game with it of which we know the outcome. The
# Dirac-GAN *is* a GAN: as networks, take one dense layer without bias for each. With $z = 1$,
# $G(z) = \theta \cdot 1$; and $D$'s logit is $\phi \cdot x$.

# %% role="setup"
import keras
import tensorflow as tf


def dirac_gan(theta, phi):
    """The players of the Dirac-GAN as networks, generator and discriminator; they take (N, 1)."""
    players = []
    for number in (theta, phi):
        dense = keras.layers.Dense(1, use_bias=False)
        players.append(keras.Sequential([keras.Input((1,)), dense]))
        players[-1].set_weights([np.array([[number]], "float32")])
    return players


# %%
CENTRES = 2 * np.array([[np.cos(a), np.sin(a)] for a in np.arange(8) * np.pi / 4])


def real_points(count, random):
    points = CENTRES[random.integers(8, size=count)] + 0.1 * random.normal(size=(count, 2))
    return points.astype("float32")


def network(outputs):
    layers = [keras.layers.Dense(64, activation="tanh") for _ in range(2)]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(outputs)])


# %% [markdown]
# ### The discriminator's half
# A train step has two halves. Here is the first. Three things are worth a look.
#
# - `tf.GradientTape` records what is computed inside its block, and `tape.gradient(loss, variables)` then gives the
#   derivative with respect to every variable. D's tape lies around G's output too, but we ask it for
#   D's variables only. **Each player moves its own numbers on its own loss**; that is the game.
# - The penalty needs the slope of $l$ with respect to $x$, *inside* the loss. So there is a tape within the tape. It
#   has to be told to `watch` x, since by itself a tape follows variables only.
# - `training=True` matters to kinds of layers that we do not use yet, from lesson 5 on.
#
# The losses are written with softplus, $\log(1 + e^t)$: $-\log D = \text{softplus}(-l)$ and
# $-\log(1 - D) = \text{softplus}(l)$.


# %%
def discriminator_step(generator, discriminator, optimizer, x, z, gamma):
    """One step of D on its loss and the R1 penalty; returns the loss from before it."""
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(x)
            real_logits = discriminator(x, training=True)
        slopes = inner.gradient(real_logits, x)  # of each logit by its own point
        penalty = gamma / 2 * tf.reduce_mean(tf.reduce_sum(slopes**2, axis=1))
        fake_logits = discriminator(generator(z, training=True), training=True)
        fines = tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)
        loss = tf.reduce_mean(fines) + penalty
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss


# %% [markdown]
# ## Exercise 7: the generator's half
# Write `generator_step(generator, discriminator, optimizer, z)`: one step of the generator on the **non-saturating**
# loss, the mean of $-\log D(G(z))$ over the batch `z`. It returns the loss from before the step. The discriminator
# takes part in the loss, but it does not move. Keep to TensorFlow's operations, as above: the step will be compiled.
#
# The check plays the Dirac-GAN with it, where your formulas say what must come out: the step must change $\theta$ by
# $\eta$ times the mean of $\sigma(-\phi\theta z)\,\phi z$, and $\phi$ not at all.


# %% role="exercise" grade_id="generator_step"
# Exercise 7
def generator_step(generator, discriminator, optimizer, z):
    """One step of G on the mean of -log D(G(z)); returns the loss from before it."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        fake_logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    gradients = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply(gradients, generator.trainable_variables)
    return loss
    ### END SOLUTION


# %% role="check" grade_id="generator_step"
def one_step_by_formula(theta, phi, eta, z):
    """The loss and theta after the step, and theta after each usual mistake."""
    logits = phi * theta * z
    pulls, minimax_pulls = sigmoid(-logits) * phi * z, sigmoid(logits) * phi * z
    wrong = {
        "It makes the fakes look *more* like fakes: -log D(G(z)) is softplus(-l), with a minus.": (
            theta - eta * np.mean(minimax_pulls)
        ),
        "This is uphill on the loss: `apply` already steps against the gradient.": (
            theta - eta * np.mean(pulls)
        ),
        "This is the minimax loss, log(1 - D(G(z))); here the generator goes by -log D(G(z)).": (
            theta + eta * np.mean(minimax_pulls)
        ),
        "This is the sum over the batch, where the mean is wanted: tf.reduce_mean.": (
            theta + eta * np.sum(pulls)
        ),
        "This is a critic's loss, minus the mean logit: the logarithm is missing.": (
            theta + eta * np.mean(phi * z)
        ),
        "The generator did not move: are the gradients applied, to generator.trainable_variables?": theta,
    }
    return np.mean(np.logaddexp(0, -logits)), theta + eta * np.mean(pulls), wrong


def it_plays_the_dirac_gan(generator_step):
    noise = np.array([[1.0], [0.5], [2.0]], "float32")
    for theta, phi, eta in ((1.0, -0.8, 0.5), (-0.6, 1.5, 0.3)):
        players, optimizer = dirac_gan(theta, phi), keras.optimizers.SGD(eta)
        loss = generator_step(*players, optimizer, tf.constant(noise))
        if loss is None or isinstance(loss, tuple | list):
            return "Give back the loss, one number and nothing else: `return loss` at the end."
        if not players[1].trainable_variables:
            return "It leaves the discriminator frozen, which then never learns again: ask for the gradients of G only."
        new_theta, new_phi = (float(np.ravel(p.get_weights()[0])[0]) for p in players)
        right_loss, right_theta, wrong = one_step_by_formula(theta, phi, eta, noise)
        start = f"From theta {theta}, phi {phi} with step size {eta} and z = 1, 0.5, 2"
        if abs(new_phi - phi) > 1e-5:
            return (
                f"{start} the discriminator moved too, to phi {new_phi:.4f}. Ask the tape for the gradients of "
                "generator.trainable_variables only, and apply them to those."
            )
        if abs(new_theta - right_theta) > 1e-5:
            hint = next((h for h, end in wrong.items() if abs(new_theta - end) < 1e-5), "")
            return (
                f"{start} theta became {new_theta:.4f}, not {right_theta:.4f}. {hint}".strip()
            )
        if np.shape(loss) != () or abs(float(loss) - right_loss) > 1e-5:
            return "The step is right. Return the loss it was made for: one number, from before the step."
    return it_runs_compiled(generator_step, noise)


def it_runs_compiled(generator_step, noise):
    theta, phi = 1.0, -0.8
    players, optimizer = dirac_gan(theta, phi), keras.optimizers.SGD(0.5)
    optimizer.build(players[0].trainable_variables)
    compiled = tf.function(lambda z: generator_step(*players, optimizer, z))
    try:
        for _ in range(3):
            compiled(tf.constant(noise))
            theta = one_step_by_formula(theta, phi, 0.5, noise)[1]
    except Exception as error:
        return (
            f"Right when it is called by itself; inside tf.function it stopped with {type(error).__name__}. Keep to "
            "TensorFlow's operations there: no .numpy(), and no function of NumPy."
        )
    if abs(float(np.ravel(players[0].get_weights()[0])[0]) - theta) > 1e-4:
        return "Right when it is called by itself, but three steps inside tf.function end elsewhere."
    return None


checked_generator_step = check_that(
    7,
    "generator_step",
    it_plays_the_dirac_gan,
    hint="Inside the tape the fakes, their logits and the loss; after it the gradients for "
    "generator.trainable_variables, and optimizer.apply.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="generator_step" points=2 tolerance=1e-4
values = []
for theta, phi, eta in random.uniform([0.5, 0.5, 0.2], [2, 2, 0.9], size=(4, 3)):
    players = dirac_gan(theta, phi * random.choice([-1, 1]))
    z = tf.constant(random.normal(size=(6, 1)).astype("float32"))
    optimizer = keras.optimizers.SGD(eta)
    optimizer.build(players[0].trainable_variables)
    loss = tf.function(generator_step)(*players, optimizer, z)
    free = len(players[1].trainable_variables)
    values.append([loss, *(player.get_weights()[0].item() for player in players), free])
publish(values=values)

# %% [markdown]
# ### The whole step, and the loop
# The two halves come one after the other, so the generator answers the new discriminator; its half is
# `checked_generator_step`. `tf.function` runs the step in Python once, to record which operations it consists of; from
# then on the record is run, several times faster. Every 50 steps the loop looks at the fakes of the same 500 noise
# vectors, and at $D$ on a grid.
#
# It also looks at the **arrows on the fakes**. If each fake could move freely, the generator would move it downhill on
# its own loss:
#
# $$ -\frac{\partial}{\partial x}\big(-\log D(x)\big) = \sigma(-l(x))\,\nabla l(x)
#  \qquad \text{at } x = G(z) . $$
#
# It is all that G ever learns from D: the gradient for $\theta$ is made of these arrows, each multiplied by how
# the fake changes with $\theta$ (the chain rule). In the Dirac-GAN the arrow on the fake at $\theta$ is
# $\sigma(-\phi\theta)\,\phi$, the first part of the game's arrow.


# %%
def make_train_step(generator, discriminator, optimizer_g, optimizer_d, gamma):
    optimizer_g.build(generator.trainable_variables)
    optimizer_d.build(discriminator.trainable_variables)

    @tf.function
    def train_step(x, z):
        loss_d = discriminator_step(generator, discriminator, optimizer_d, x, z, gamma)
        loss_g = checked_generator_step(generator, discriminator, optimizer_g, z)
        return loss_d, loss_g

    return train_step


def arrows_on(fakes, discriminator):
    """Minus the gradient of -log D at each fake, an array of the fakes' shape."""
    fakes = tf.constant(fakes, "float32")
    with tf.GradientTape() as tape:
        tape.watch(fakes)
        losses = tf.nn.softplus(-discriminator(fakes))
    return -tape.gradient(losses, fakes).numpy()


LINE = np.linspace(-4, 4, 41)
GRID = np.stack(np.meshgrid(LINE, LINE), axis=-1).reshape(-1, 2)


def train(eta, beta_1, gamma, steps=1_200, batch=128, seed=1):
    """Train on the ring; after every 50 steps the fakes, the arrows on them, and D on GRID."""
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    generator, discriminator = network(2), network(1)
    optimizers = [keras.optimizers.Adam(eta, beta_1=beta_1) for _ in range(2)]
    train_step = make_train_step(generator, discriminator, *optimizers, gamma)
    fixed, seen = random.normal(size=(500, 2)).astype("float32"), []
    for step in range(1, steps + 1):
        z = random.normal(size=(batch, 2)).astype("float32")
        train_step(tf.constant(real_points(batch, random)), tf.constant(z))
        if step % 50 == 0:
            fakes = generator(fixed).numpy()
            marks = sigmoid(discriminator(GRID).numpy())
            seen.append((fakes, arrows_on(fakes, discriminator), marks))
    return [np.array(each) for each in zip(*seen, strict=True)]


# %% [markdown]
# ### Test it where you know the answer
# The same train step, not a line changed, must walk the path of the formulas on the Dirac-GAN: here that of your
# `penalised_path` from exercise 4. TensorFlow works with 32 bits, about seven digits, and the checks allow an error of
# $10^{-6}$ or $10^{-5}$ a step; after 60 steps we allow $10^{-4}$. The arrows on the fakes are tested in the same game.

# %%
players = dirac_gan(1.0, 0.0)
optimizers = keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5)
train_step = make_train_step(*players, *optimizers, 0.3)
zero, one = tf.zeros((1, 1)), tf.ones((1, 1))
tape_path = [(1.0, 0.0)]
for _ in range(60):
    train_step(zero, one)
    tape_path.append([player.get_weights()[0].item() for player in players])
formula_path = checked_penalised_path(1.0, 0.0, 0.5, 0.5, 0.3, 60)
compare("60 steps: GradientTape, formulas", tape_path, formula_path, 1e-4)

thetas, phi = np.linspace(-2, 2, 9), 0.7
on_fakes = arrows_on(thetas[:, None], dirac_gan(0.0, phi)[1])[:, 0]
compare("arrows: tape, formula", on_fakes, non_saturating.field(thetas, phi)[0], 1e-6)

# %% [markdown]
# ### Do the laws hold for 9,000 parameters?
# Now the ring, three times, from the same start and on the same data, with rather large steps (Adam, $\eta = 0.005$):
# with much momentum and no penalty, with less momentum, and with less momentum and a penalty.
#
# **Predict first.** Which run will be the wildest? For a measure, take 500 noise vectors that
# stay the same all the time, and look how far their fakes move in 50 steps. At an equilibrium they rest.

# %% role="spoiler"
import time

started = time.perf_counter()
runs = {
    "momentum 0.9": train(eta=0.005, beta_1=0.9, gamma=0.0),
    "momentum 0.5": train(eta=0.005, beta_1=0.5, gamma=0.0),
    "0.5 and penalty": train(eta=0.005, beta_1=0.5, gamma=2.0),
}
print(f"three trainings of 1,200 steps in {time.perf_counter() - started:.0f} s")

# %% role="spoiler" fold="Draw the fakes over D's heat map, five moments of each run"
from matplotlib.colors import LinearSegmentedColormap

roles = (plots.COLOURS["fake"], "white", plots.COLOURS["real"])
heat = LinearSegmentedColormap.from_list("from fake to real", roles)
real = real_points(400, random)
POINT = {"markersize": 2.2, "markeredgewidth": 0.6}


def ring_picture(axes, marks, fakes, title):
    """D's marks for the plane in colour, real and fake points; returns the image for a scale."""
    look = {"cmap": heat, "vmin": 0, "vmax": 1, "alpha": 0.45, "interpolation": "bilinear"}
    extent, shape = (-4.1, 4.1, -4.1, 4.1), (len(LINE), len(LINE))
    image = axes.imshow(marks.reshape(shape), origin="lower", extent=extent, **look)
    for role, points in (("real", real), ("fake", fakes)):
        axes.plot(*points.T, plots.MARKERS[role], color=plots.COLOURS[role], **POINT)
    axes.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal", title=title)
    axes.grid(False)
    axes.label_outer()
    return image


moments = (100, 300, 600, 900, 1_200)
figure, panels = plt.subplots(3, 5, figsize=(10.4, 6.4), sharex=True, sharey=True)
for row, (name, (fakes, _, marks)) in zip(panels, runs.items(), strict=True):
    for axes, moment in zip(row, moments, strict=True):
        place = moment // 50 - 1
        image = ring_picture(axes, marks[place], fakes[place], f"step {moment:,}")
    row[0].set_ylabel(f"{name}\n$x_2$")
for axes in panels[-1]:
    axes.set_xlabel("$x_1$")
figure.colorbar(image, ax=panels, label="D(x)", shrink=0.5)
plots.show(
    figure,
    alt="Three rows of five pictures each, over the steps of a training: eight bumps of blue dots, the real "
    "points, on a circle, orange crosses, the fakes, and behind them D's marks, orange where it says fake and blue "
    "where it says real. With momentum 0.9 the fakes swing about and cover few of the bumps, and D's map has strong "
    "colours that change from picture to picture. With 0.5 they find the ring and its bumps. With a penalty they come "
    "to the ring too, and D's map is pale.",
)

# %% role="spoiler" fold="Measure how far the fakes move, and how many bumps they find"
unrest = {}
for name, (fakes, *_) in runs.items():
    unrest[name] = np.linalg.norm(np.diff(fakes, axis=0), axis=2).mean(axis=1)
    last = fakes[-10:]  # of the last 500 steps
    distances = np.linalg.norm(last[:, :, None] - CENTRES, axis=3)
    hits = distances.min(axis=2) < 0.3  # within three standard deviations of a bump
    nearest = distances.argmin(axis=2)
    counts = [np.bincount(n[h], minlength=8) for n, h in zip(nearest, hits, strict=True)]
    # a bump is found with a real share: 2 per cent, where 12.5 would be fair
    found = (np.array(counts) / 500 > 0.02).sum(axis=1)
    print(
        f"{name:16} moves by {unrest[name][-10:].mean():.2f} in 50 steps; "
        f"{hits.mean():.0%} of the fakes on a bump; {found.mean():.1f} of 8 bumps found"
    )
figure = plots.line_curves(
    np.arange(100, 1_201, 50),
    unrest,
    "How far the same noise is moved in 50 steps",
    "training step",
    "mean distance",
    colours=dict(zip(runs, ("neutral", "fake", "real"), strict=True)),
)
figure.axes[0].set_yscale("log")
figure.axes[0].set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
figure.axes[0].minorticks_off()
plots.show(
    figure,
    alt="Three curves over the training steps, on a logarithmic scale. The one for momentum 0.9 lies far above the "
    "two others and comes near them only at the end; the one with a penalty is mostly the lowest.",
)

# %% [markdown]
# **Momentum decides here.** Same networks, same data, same start, same step size. With `beta_1` at 0.9, which is what
# Adam takes unless told otherwise, the fakes fly about and cover few of the bumps; with 0.5 they soon sit on the ring
# and find nearly all of them. The game of two numbers had predicted the direction, though it knows nothing of 9,000
# parameters, of Adam, or of the ring.
#
# Now the arrows, at an early moment of each run: what does D tell the fakes? (Each panel has its own scale, or those of
# the third could not be seen.)

# %% fold="Draw the arrows on 80 fakes of each run, after 100 steps"
figure, panels = plt.subplots(1, 3, figsize=(10.4, 3.9), sharey=True)
place = 100 // 50 - 1
for axes, (name, (fakes, arrows, marks)) in zip(panels, runs.items(), strict=True):
    length = np.linalg.norm(arrows[place], axis=1).mean()
    ring_picture(axes, marks[place], fakes[place], f"{name}: mean length {length:.2f}")
    some, drawn = fakes[place][:80], arrows[place][:80] / length  # a scale for each panel
    look = {"angles": "xy", "scale_units": "xy", "scale": 1.6, "width": 0.006}
    axes.quiver(*some.T, *drawn.T, **look)
    axes.set_xlabel("$x_1$")
panels[0].set_ylabel("$x_2$")
plots.show(
    figure,
    alt="Three panels with the real bumps of blue dots, the fakes as orange crosses, D's marks as a coloured "
    "ground and black arrows on the fakes. With momentum 0.9 the fakes are a long streak across the ring, and the "
    "arrows point away from it to both sides. With 0.5 they are a broad patch in the middle, whose arrows point to two "
    "places near the rim. With a penalty they cover the ring, and the arrows, the shortest, point together to the left "
    "and down.",
)

# %% [markdown]
# Every arrow leads up on $D$'s map, towards bluer ground, and it is the longer, the steeper the map is. It need not
# lead to the *nearest* bump, nor to any: what D believes at the moment is all the generator hears, and 50 steps later
# it believes something else. The mean lengths stand above the panels. With the penalty, which fines slopes, D's map is
# pale and the arrows are the shortest; with momentum 0.9 they are the longest. This is the horizontal part of the
# arrows at the beginning of the lesson, now for 500 fakes in place of one.
#
# **The penalty is less clear here.** The networks get near the ring without it: a discriminator with curved logits has
# some friction of its own, as the non-saturating game had. And part of what still moves is chance, since every step
# sees another 128 points; no friction takes that away. The printed lines say how much calmer the third run ended, but
# do not conclude much from a single run. So here are two more seeds, and the worst moment of each run: once the fakes
# have found the ring, do they stay there?

# %%
print("smallest share of the fakes on a bump, looked at every 50 steps from step 650 on")
for seed in (2, 3):
    for name, gamma in (("no penalty", 0.0), ("penalty", 2.0)):
        fakes = train(eta=0.005, beta_1=0.5, gamma=gamma, seed=seed)[0][12:]
        distances = np.linalg.norm(fakes[:, :, None] - CENTRES, axis=3)
        hits = (distances.min(axis=2) < 0.3).mean(axis=1)
        print(f"seed {seed}, {name:10}: {hits.min():.0%}, at the end {hits[-1]:.0%}")

# %% [markdown]
# With seed 3 and no penalty, nearly all the fakes left the ring again; with the penalty they stayed. That looks like
# the law. But with seed 2 it is the other way round: without the penalty they stayed, and *with* it nearly half of
# them fell off the bumps, twice. The penalty is no insurance here, and three seeds are few: lessons 7 and 9 say how to
# compare in earnest. (Momentum 0.9 was the wildest with seeds 2 and 3 too, when we tried.)
#
# **Try it.** What does the law say about momentum 0.9 with steps of 0.001? Predict, then run
# `train(eta=0.001, beta_1=0.9, gamma=0.0, steps=2_000, batch=256)`, and the same with `beta_1=0.5`.
#
# <details><summary>What we found</summary>
#
# Growth beyond 1 goes with $\eta^2$: with a fifth of the step, each step pushes outwards a 25th as much, and friction
# has more time. In our runs both arrived, with 80 per cent of the fakes on a bump: momentum 0.5 after 1,200 to 1,250
# steps, momentum 0.9 after 1,450 to 1,750 (two runs each). Much momentum is not forbidden; it asks for small steps.
# </details>

# %% [markdown]
# ## Play: the playground
# The same game, live: two networks in the plane, and everything that can be set. The coloured ground is D's verdict,
# the green mesh is G's picture of the noise, and the short lines are the arrows on the fakes (their lengths go with the
# square root of the push, or small ones could not be seen). With *slow motion* you walk through one round in five
# stages. Predict before you press *play*, and write your guesses down:
#
# 1. The ring, as it starts. Which of the two losses tells you when the fakes have found the bumps?
# 2. Momentum 0.9, then *reset* and *play*. After that, move the momentum back to 0.5 *while it plays*: does the game
#    recover?
# 3. The preset *circling*. Where does the only real spot lie, and what will a gradient penalty of 1 do?
# 4. Choose the target *your drawing* and click a letter together, cell by cell. Which parts do the fakes find last?
#
# <details><summary>What to see</summary>
#
# - First: neither. D's loss is a little below 2 log 2 and G's a little above log 2, before and after; JS and the modes
#   tell.
# - Second: yes, within some hundred rounds. In our three seeds 6 to 8 bumps were covered after 400.
# - Third: at (1, 0.5), and the fakes go round it for many hundred rounds. A penalty of 1, set while they do, is this
#   lesson's friction: with our three seeds they sat on it within 300 rounds more. (Without it they come near too, but
#   only after some 1,200 rounds, and then they drift away again: two networks are more than two numbers.)
# - Fourth: see for yourself; ours left out ends and lone dots first.
# </details>

# %%
from course_lib.panels.playground import Playground

Playground().show()

# %% role="setup"
from course_lib.playground.settings import Settings

print(Settings(target="grid"))

# %% [markdown]
# ## Exercise 8: design
# No points here, and many right answers. The target *grid* has 25 bumps. With the settings printed above, it takes the
# fakes about a thousand rounds to cover them all with JS at most 0.1. (Both are asked for, because a cloud spread over
# the whole grid touches all 25 bumps at once.) Find settings that need no more than **1,000 steps** with each of the
# seeds 1, 2 and 3, where a round with $k$ steps of D costs $k + 1$ steps, so that nothing is for free. The first moment
# counts; whether it lasts, the figure below the check shows.
#
# **Predict first**, for each change alone, whether it helps: batches of 256, momentum 0.9, a gradient penalty of 0.02,
# more units, more steps of D. Try it in the playground, then write your settings down; the check runs them.


# %% role="exercise" grade_id="cover_the_grid"
# Exercise 8
def cover_the_grid():
    """Settings of a game on the grid of 25, without a seed."""
    ### BEGIN SOLUTION
    return Settings(target="grid", discriminator_steps=5)
    ### END SOLUTION


# %% role="check" grade_id="cover_the_grid"
from dataclasses import replace

from course_lib.playground.design import rounds_to_cover


def it_covers_all(cover_the_grid):
    settings = cover_the_grid()
    if not isinstance(settings, Settings):
        return 'It should return settings: return Settings(target="grid", ...).'
    if settings.target != "grid":
        return f'Its target is {settings.target}; the 25 bumps are those of target="grid".'
    a_round, needed = settings.discriminator_steps + 1, {}
    for seed in (1, 2, 3):
        rounds = rounds_to_cover(replace(settings, seed=seed), at_most=3_000 // a_round)
        needed[seed] = rounds and rounds * a_round
    seen = "; ".join(
        f"seed {seed}: {steps:,} steps" if steps else f"seed {seed}: not within 3,000 steps"
        for seed, steps in needed.items()
    )
    if not all(needed.values()) or max(needed.values()) > 1_000:
        return f"{seen}. All three should need at most 1,000."
    print(f"{seen}.")
    return None


checked_cover_the_grid = check_that(
    8,
    "cover_the_grid",
    it_covers_all,
    hint="Whoever chases a discriminator that is behind chases shadows: what lets D keep up with 25 bumps?",
    otherwise=OUR_ANSWER,
)

# %% [markdown]
# Here is your game beside the one you began with: what each needs, over the same three seeds.

# %% fold="Play both with three seeds, and draw JS over the steps"
from course_lib.playground.game import Game

games_played = {
    "as it starts": Settings(target="grid"),
    "your settings": checked_cover_the_grid(),
}
figure, panels = plt.subplots(1, 2, figsize=(9.6, 3.4), sharey=True)
for axes, (name, settings) in zip(panels, games_played.items(), strict=True):
    a_round = settings.discriminator_steps + 1
    for seed, style in zip((1, 2, 3), ("-", "--", "-."), strict=True):
        game = Game(replace(settings, seed=seed))
        game.play(2_000 // a_round)
        steps = game.history["measured_round"] * a_round
        look = {"color": plots.COLOURS["fake"], "linestyle": style, "label": f"seed {seed}"}
        axes.plot(steps, game.history["js"], **look)
    axes.axhline(0.1, color=plots.COLOURS["neutral"], linestyle=":", label="asked for")
    axes.set(title=name, xlabel="steps of both players", ylim=(0, 0.7))
panels[0].set_ylabel("JS, fakes against real points")
panels[1].legend()
plots.show(
    figure,
    alt="Two panels, each with three curves of JS over 2,000 steps and a dotted line at 0.1. With the settings as they "
    "start, the curves fall slowly and with many jumps, and come to the line late or not at all. With the course's own "
    "settings, five steps of D a round, they come to it within 600 steps and then go up and down between it and 0.25.",
)

# %% [markdown]
# **What the grid says.** With momentum 0.9 no seed arrived when we tried, and more units did not help. Steps of D did:
# the arrows on the fakes are only as good as the D that draws them, and 25 bumps are much to keep up with. Is a better
# informed D always a better teacher? Lesson 8 has a patient that suffers from just that.
#
# **To arrive is not to stay.** With five steps of D the fakes lose bumps again: of all that we measured from step 1,000
# to step 3,000, over the three seeds, an eighth had all 25 with JS at most 0.1. With both learning rates halved as well
# they arrived later, after 840 to 960 steps, and then it was two thirds.
#
# ## What we saw
# - Each player of a GAN goes downhill on its own loss. There is no common hill, and the arrows of both together may
#   turn.
# - The Dirac-GAN and the bilinear game have circles for ever in continuous time: every arrow is a tangent.
# - The largest modulus of a step's eigenvalues decides: below 1 settle, 1 go round, above 1 run away. Steps at once
#   on a turning game have $\sqrt{1 + \eta^2\omega^2} > 1$; steps in turn have determinant 1.
# - With eigenvalues $\lambda$ of the Jacobian, simultaneous steps settle for $\eta < 2 r/|\lambda|^2$. If all are
#   imaginary, the curvature decides: the non-saturating game ends on a circle of radius $\sqrt{2\eta}$.
# - Momentum pushes outwards, and with the square of the step; negative momentum brakes. A penalty on D's slope at
#   the data gives the game friction, and it settles; too much friction makes it creep.
# - A train step can be tested on a game with a known outcome.
#
# ## Quiz
#
# <details><summary>1. One step has the eigenvalues 0.6 + 0.8i and 0.6 - 0.8i. What do the players do, and how many
# steps make a round?</summary>
# The modulus is the square root of 0.36 + 0.64, which is 1: in a linear game they circle (in a curved one the
# curvature decides). The angle is arctan(0.8 / 0.6) = 0.927, and 2 pi / 0.927 is about 6.8 steps a round.</details>
#
# <details><summary>2. Simultaneous steps in the bilinear game run away. A friend halves the step size and doubles the
# number of steps. Does it help?</summary>
# It slows them down but does not stop them. n steps of eta grow by (1 + eta^2)^(n/2), about exp(n eta^2 / 2). With
# eta/2 and 2n the exponent is half as large: still growth.</details>
#
# <details><summary>3. In a training both losses stay nearly the same for hours. Has it settled?</summary>
# Not necessarily. On a circle too, the losses stay within a narrow band (in the Dirac-GAN at radius 0.3, within a
# few per cent of 2 log 2) while the fakes go round. Follow the fakes of fixed noise vectors, as we did.</details>
#
# <details><summary>4. Why does the R1 penalty look at the slope at the real points, and not everywhere?</summary>
# At the equilibrium the fakes are where the real points are, and there the logit should be level, so that the
# generator is left in peace. Elsewhere a slope does no harm: it is what leads the fakes home.</details>
#
# <details><summary>5. A Jacobian has the eigenvalues -0.1 + 2i and -0.1 - 2i. Up to which step size do simultaneous
# steps settle? What if a penalty makes them -0.4 + 2i and -0.4 - 2i?</summary>
# 2 * 0.1 / (0.01 + 4) = 0.05. With the penalty 2 * 0.4 / (0.16 + 4) = 0.19, nearly four times as much. When a game
# turns fast, friction buys larger steps.</details>
#
# ## Where next
# Lesson 3 looks at the losses themselves: what each of them pays, where its gradient vanishes and where numbers
# overflow. Lesson 8 shows how games go wrong in practice, and lesson 9 uses the penalties on pictures.
#
# ## References
# - L. Mescheder, A. Geiger, S. Nowozin, *Which training methods for GANs do actually converge?*, ICML 2018.
#   Sections 2 and 3: the Dirac-GAN and what each method does to it. The best paper to read after this lesson.
# - L. Mescheder, S. Nowozin, A. Geiger, *The numerics of GANs*, NeurIPS 2017. Section 3: the eigenvalues and the step
#   size.
# - G. Gidel, R. Askari Hemmat, M. Pezeshki, R. Le Priol, G. Huang, S. Lacoste-Julien, I. Mitliagkas, *Negative
#   momentum for improved game dynamics*, AISTATS 2019. Bilinear games, in turn and at once.
# - C. Daskalakis, A. Ilyas, V. Syrgkanis, H. Zeng, *Training GANs with optimism*, ICLR 2018. Correct this arrow by
#   the last one: an answer to exercise 6.
# - G. Korpelevich, *The extragradient method for finding saddle points and other problems*, Ekonomika i
#   Matematicheskie Metody 12, 1976. Look ahead first: another answer, much older than GANs.
# - I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin, A. Courville, *Improved training of Wasserstein GANs*, NeurIPS
#   2017. The penalty that wants slope 1.
# - A. Radford, L. Metz, S. Chintala, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, ICLR 2016. Section 4: how they came to a momentum of 0.5.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** The time at the top is that of a student who does everything; a good place to stop is marked. In class:
# a quarter for the two games and exercise 1, a quarter for eigenvalues, alternating steps and exercise 2, and a sixth
# each for the Jacobian and exercise 3, the penalty and exercise 4, the networks and exercise 7. Exercises 5, 6
# and 8 and the panels are good homework. With less time leave out the non-saturating orbit and momentum.
#
# **Usual misconceptions.**
#
# - "GAN training minimises something." Two losses, two sets of parameters: ask for one function whose downhill
#   direction is $(\phi, -\theta)$. There is none, since its mixed derivatives would have to be both 1 and $-1$.
# - "A smaller learning rate always helps in the end." In the simultaneous bilinear game it only postpones.
# - "An imaginary eigenvalue means that it diverges." For the arrows it means a circle; it is the step that adds
#   the growth.
# - "Eigenvalues on the unit circle mean circles." In the linear game. In a curved one they say nothing.
# - In exercise 2 many let the k steps compound, as if theta moved too. Let them write phi after two steps.
# - In exercise 3 many forget the case without a limit, or take the largest bound.
# - In exercise 4 the fault that is seen last is the sign in the generator's sigmoid: near (0, 0) it makes no
#   difference.
# - In exercise 7 many hand all variables to the optimiser, or freeze D. Ask whose numbers the loss is allowed to move.
#
# **Ask.**
#
# - "Why is the orbit's radius $\sqrt{2\eta}$ and not proportional to $\eta$?" (One force grows with $R$, the other
#   with $R^2$; they meet at $R = 2\eta$, and the radius is the root of $R$.)
# - "The penalty only touches the discriminator. Why does the generator come to rest?" (It is pushed by the slope
#   alone; no slope, no push.)
# - "What does weight averaging do on a circle?" (The average lies in the middle, at the equilibrium.)
# - "How would you find the eigenvalues for a network with 9,000 parameters?" (The unit-vector trick costs 9,000
#   steps; power iteration with products of the Jacobian and a vector costs a few dozen.)
