# %% [markdown]
# # 9. Taming and steering
# A GAN is a fight, and fights go wrong: the discriminator becomes so sure that the generator learns nothing, the two
# chase each other in circles, a small training set is learnt by heart. For each of these somebody has found a remedy.
# In this lesson you take seven of them apart, check each one's formula by numbers, and then look at what nobody tells
# you in the paper: what each of them is worth *here*, on the same budget as the plain GAN, over three seeds. Some do
# nothing, and some do harm. At the end you steer: a GAN that draws the garment you ask for, and one that learns from
# 1,235 little pictures.
#
# **You will be able to**
#
# - limit how steep a discriminator is, by spectral normalisation and by a penalty on its slope, and check that it is;
# - predict from two learning rates whether a small game circles or settles, and what averaging makes of a circle;
# - put a change of the images into both losses, so that gradients pass and G still learns to draw unchanged ones;
# - read a table of experiments with its spread, and say which differences count;
# - build the class input of a conditional GAN, and see when a discriminator learns a small data set by heart.
#
# **Time:** {minutes} minutes, eight exercises included. All cells together run in about two minutes. **Assumed:** a
# first Keras course, the game of lesson 1, and convolutional networks as in lesson 6. Everything else is explained.
#
# **Notation.** Data $x \sim p_{data}$, noise $z \sim p_z$, generator $G(z; \theta)$ with samples $\tilde x = G(z)
# \sim p_g$, discriminator $D(x; \phi) = \sigma(l(x))$ with the logit $l(x)$. Losses $L_D$ and $L_G$ are minimised.

# %% role="setup"
import itertools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib.checks import check, check_that

# %% [markdown]
# ## Where we are going
# Both halves of this picture were drawn by the same networks, trained for the same time on the same 128 emoji. The
# lower half had one remedy more. (A script in the repository, `data/make_ablation.py`, trained them and made the
# tables of this lesson.) With ten times as many emoji and the same time, the remedy makes things worse. At the end you
# will know why, and how to find out.

# %% fold="Show what the GANs of 128 emoji draw"
import csv

import matplotlib.pyplot as plt
from PIL import Image

from course_lib import ROOT, datasets, plots

plots.use_course_style()
garments = datasets.load("fashion_mnist")
drawn = np.asarray(Image.open(ROOT / "data" / "emoji_augmentation.png"))
height = (len(drawn) + 6) // 4  # four blocks, 6 pixels apart

figure, panels = plt.subplots(2, 1, figsize=(6.4, 3.3))
for axes, block, title in (
    (panels[0], 2, "128 emoji, trained as usual"),
    (panels[1], 3, "128 emoji, with differentiable augmentation"),
):
    axes.imshow(drawn[block * height : block * height + height - 6], interpolation="nearest")
    axes.set_title(title)
    axes.set_axis_off()
plots.show(
    figure,
    alt="Two times twenty small colour pictures drawn by GANs. Above, patches of chequered noise, some of "
    "them the same two or three times. Below, blurred shapes on white, each another one: discs, figures, signs.",
)

# %% [markdown]
# ## What goes wrong, and where a remedy takes hold
#
# | trouble | remedy | changes | costs |
# |---|---|---|---|
# | D is too steep: sure of itself, and useless to G | spectral normalisation | D's layers | little |
# | | gradient penalty (WGAN-GP, R1) | D's loss | a third to a half more a step |
# | the two chase each other in circles | two time scales | the learning rates | nothing |
# | | averaged weights | what you draw with | next to nothing |
# | D learns the training set by heart | differentiable augmentation | what D sees | a little |
# | G draws the same picture again and again | minibatch deviation | what D sees | a little |
#
# We go through the table row by row: first the idea, then the formula, then numbers.

# %% [markdown]
# ## Spectral normalisation
# A linear layer $y = W x$ stretches some directions more than others. The most it does to any $x$ is its **spectral
# norm**, its largest singular value:
#
# $$ \sigma(W) = \max_{x \ne 0} \frac{|W x|}{|x|} . $$
#
# For a chain of layers the largest stretches multiply. A LeakyReLU has slope 1 or 0.2, so it stretches nothing. Hence
# if all layers of D have $\sigma = 1$, then $|l(x) - l(x')| \le |x - x'|$: the logit changes by no more than the
# picture does. Miyato and others (2018) divide each layer's weights by their $\sigma$ and get just that.
#
# How does one find $\sigma$ in every training step, without a singular value decomposition? By **power iteration**.
# Start anywhere, go through the matrix and back, and again:
#
# $$ v \leftarrow \frac{W^\top u}{|W^\top u|}, \qquad u \leftarrow \frac{W v}{|W v|}, \qquad
#    \sigma(W) \approx u^\top W v . $$
#
# Write $s_i$ for the singular values, with directions $u_i$ on the one side of $W$ and $v_i$ on the other, so that $W
# v_i = s_i u_i$. Every round multiplies the part of $u$ along $u_i$ by $s_i^2$, so the largest wins. If the parts
# were $c_i$ at the start, then after $k$ rounds $u$ is $\sum_i c_i s_i^{2k} u_i$ and $v$ is $\sum_i c_i s_i^{2k-1}
# v_i$, each divided by its length. Multiply $u^\top W v$ out, and the estimate is, exactly,
#
# $$ \left(u^\top W v\right)^2 = \frac{\sum_i c_i^2 s_i^{4k}}{\sum_i c_i^2 s_i^{4k - 2}} , $$
#
# a mean of the $s_i^2$ with weights that move to the largest one. So the estimate never exceeds $\sigma$. The
# cell compares it with this formula and with NumPy's decomposition. Both computations are in float64, which has 16
# digits, and we ask for 10.


# %% tags=["nbval-check-output"]
def power_iteration(W, u, rounds):
    """An estimate of the largest singular value of W, and the new u."""
    for _ in range(rounds):
        v = W.T @ u / np.linalg.norm(W.T @ u)
        u = W @ v / np.linalg.norm(W @ v)
    return u @ W @ v, u


random = np.random.default_rng(0)
W, start = random.normal(size=(64, 40)), random.normal(size=64)
U, s, _ = np.linalg.svd(W)
c = (U.T @ start)[:40]  # W has 40 singular values; what lies along other directions is lost
print(f"largest singular values: {s[0]:.4f}, {s[1]:.4f}, {s[2]:.4f}, ...")
for rounds in (1, 2, 5, 10, 20, 50, 100):
    estimate, _ = power_iteration(W, start, rounds)
    r = s / s[0]  # powers of s itself would overflow
    formula = s[0] * math.sqrt(
        np.sum(c**2 * r ** (4 * rounds)) / np.sum(c**2 * r ** (4 * rounds - 2))
    )
    assert abs(estimate - formula) < 1e-10 and estimate <= s[0] + 1e-10
    print(f"{rounds:3} rounds: {estimate:.4f}, {(s[0] - estimate) / s[0]:.1e} too small")

# %% [markdown]
# One round is off by a good deal. But in training the weights change only a little from step to step, so one keeps
# $u$ and does *one* round a step: after a hundred steps that is as good as a hundred rounds.
#
# Keras has it ready: `layers.SpectralNormalization(layer)`. Two things about it are good to know. It works only when
# the network is called with `training=True`. And it writes the divided kernel back, so it is a projection after each
# step, where the paper keeps $W$ and sends the gradient through the division.

# %%
from course_lib import device
from course_lib.models import networks, remedies

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
keras.utils.set_random_seed(0)
steep = networks.dcgan_discriminator(width=16)
tame = remedies.spectrally_normalised(steep)
some = garments.images_train[:64]


def spectral_norms(network):
    """The largest singular value of each kernel, written as a matrix."""
    kernels = [w.numpy() for w in network.weights if w.name == "kernel"]
    return [np.linalg.svd(k.reshape(-1, k.shape[-1]), compute_uv=False)[0] for k in kernels]


# Ten times the weights of the start, as if the networks had become sure of themselves.
for network in (steep, tame):
    network.set_weights(
        [w.numpy() * (10 if w.path.endswith("kernel") else 1) for w in network.weights]
    )
before = spectral_norms(tame)
for _ in range(100):
    tame(some, training=True)
for name, norms in (("before", before), ("after 100 calls", spectral_norms(tame))):
    print(f"{name:16}", *(f"{norm:8.5f}" for norm in norms))
# Power iteration has not quite arrived; a thousandth is close enough to bound a slope.
assert np.allclose(spectral_norms(tame), 1, atol=1e-3)

# %% [markdown]
# ### A detail that is often missed
# A convolution is a linear map from picture to picture, and its kernel, written as a matrix, is *not* that map: it is
# what happens to one patch. Kernel 4 and stride 2 put every pixel into $(4/2)^2 = 4$ patches. So
#
# $$ |\mathrm{conv}(x)|^2 = \sum_{\text{patches}} |W p|^2 \le \sigma(W)^2 \sum_{\text{patches}} |p|^2
#    \le 4\, \sigma(W)^2\, |x|^2 , $$
#
# and the true norm of such a convolution may be up to twice $\sigma(W)$. For D, with two convolutions and a dense
# layer, the slope is then at most $2 \cdot 2 \cdot 1 = 4$ and not 1. That is still a limit, and a limit is all one
# needs. We build the matrix of the first convolution for a picture of 12 x 12 pixels, and then measure the slopes of
# D itself.

# %%
from course_lib.models.regularizers import squared_slopes

convolution = tame.layers[0].layer
pixels = np.eye(144, dtype="float32").reshape(144, 12, 12, 1)  # each with one pixel lit
matrix = (convolution(pixels) - convolution(pixels[:1] * 0)).numpy().reshape(144, -1)
true_norm = np.linalg.svd(matrix, compute_uv=False)[0]
print(
    f"kernel as a matrix: {spectral_norms(tame)[0]:.3f}, the convolution itself: {true_norm:.3f}"
)
assert true_norm <= 2 * 1.001


def slopes(network, images):
    """|grad l(x)| at each image, (batch,)."""
    return np.sqrt(squared_slopes(lambda x: network(x), tf.constant(images)))


for name, network in (("without", steep), ("with", tame)):
    found = slopes(network, some)
    print(
        f"slope of D at real images {name:7} spectral norm: {found.min():.2f} to {found.max():.2f}"
    )
assert slopes(tame, some).max() <= 4

# %% [markdown]
# ## Exercise 1: a ceiling
# Dividing by $\sigma$ makes a layer with $\sigma < 1$ *larger*. A gentler rule only cuts off what is too large. Write
# `capped_kernel(kernel, u, rounds, ceiling)`:
#
# - `kernel` has Keras's shape (height, width, channels in, channels out), `u` the shape (channels out,);
# - write the kernel as a matrix $W$ with one *column* for each output channel, and do `rounds` rounds of power
#   iteration. They begin with `u`, which lives on the side of the columns: $v \leftarrow W u / |W u|$, then
#   $u \leftarrow W^\top v / |W^\top v|$. The estimate is $\sigma = v^\top W u$;
# - return the kernel as it is if $\sigma \le$ `ceiling`, else scaled so that the estimate becomes `ceiling`.


# %% role="exercise" grade_id="capped_kernel"
# Exercise 1
def capped_kernel(kernel, u, rounds, ceiling):
    """The kernel (h, w, in, out), scaled down to the spectral norm `ceiling` if it has more."""
    ### BEGIN SOLUTION
    W = kernel.reshape(-1, kernel.shape[-1])
    for _ in range(rounds):
        v = W @ u
        v = v / np.linalg.norm(v)
        u = W.T @ v
        u = u / np.linalg.norm(u)
    sigma = v @ W @ u
    return kernel * min(1.0, ceiling / sigma)
    ### END SOLUTION


# %% role="check" grade_id="capped_kernel"
first = np.arange(8.0).reshape(2, 2, 1, 2) / 10
second = np.sin(np.arange(12.0) ** 2).reshape(1, 2, 2, 3)
checked_capped_kernel = check(
    1,
    "capped_kernel",
    cases=[
        ((first, np.array([1.0, 0.0]), 1, 1.0), 0.84949955 * first),
        ((first, np.array([1.0, 0.0]), 1, 2.0), first),
        ((second, np.ones(3), 2, 1.5), 0.65605842 * second),
    ],
    mistakes={
        "A kernel below the ceiling should stay as it is; yours is scaled up to it.": [
            0.84949955 * first,
            1.69899910 * first,
            0.65605842 * second,
        ],
        "The ceiling is not used: this always divides by sigma.": [
            0.84949955 * first,
            0.84949955 * first,
            0.43737228 * second,
        ],
        "Nearly. Above the ceiling it is scaled down to the norm 1 and not to it: the factor is ceiling / sigma.": [
            0.84949955 * first,
            first,
            0.43737228 * second,
        ],
        "Turn the kernel into a matrix with kernel.reshape(-1, channels out): the last axis has to stay the last.": [
            0.92393644 * first,
            first,
            second,
        ],
        "This is the root of the sum of all squares (Frobenius norm), which is larger than the spectral norm.": [
            0.84515425 * first,
            first,
            0.61537538 * second,
        ],
        "These are the exact singular values. Do `rounds` rounds of power iteration instead.": [
            0.84689150 * first,
            first,
            0.65577718 * second,
        ],
    },
    hint="Reshape, then in a loop: v from u, divided by its length; u from v, divided by its length. Then sigma.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="capped_kernel" points=1
for case in range(4):
    shape = random.integers(2, 6, size=4)
    kernel, u = random.normal(size=shape), random.normal(size=shape[-1])
    rounds = int(random.integers(1, 4))
    largest = np.linalg.norm(kernel)
    ceiling = float(random.uniform(0.1, 0.4) * largest if case % 2 else 2 * largest)
    publish(**{f"kernel_{case}": capped_kernel(kernel, u, rounds, ceiling)})

# %% [markdown]
# Yours, put to work on the steep discriminator from above: ten rounds, and a ceiling of 2 for every kernel. What is
# below it already is left as it is. (Ten rounds find a little less than $\sigma$, so a little more than 2 may be
# left.)

# %%
steep_norms = spectral_norms(steep)
steep.set_weights(
    [
        np.reshape(
            checked_capped_kernel(
                w.numpy().reshape(-1, 1, 1, w.shape[-1]) if w.ndim == 2 else w.numpy(),
                np.ones(w.shape[-1]),
                10,
                2.0,
            ),
            w.shape,
        )
        if w.path.endswith("kernel")
        else w.numpy()
        for w in steep.weights
    ]
)
for name, norms in (("before", steep_norms), ("capped", spectral_norms(steep))):
    print(f"{name:8}", *(f"{norm:8.4f}" for norm in norms))
print(f"largest slope of D at real images: {slopes(steep, some).max():.3f}")

# %% [markdown]
# ## A penalty on the slope
# The other way: let D have any weights, and make it pay where it is steep, that is, where the gradient $\nabla l(x)$
# of the logit with respect to the picture (one number a pixel) is long. Lesson 1 ended with the **critic**, a
# function whose slope is nowhere above 1 and whose value on real minus value on fake is the Wasserstein distance. The
# best critic has slope *exactly* 1 on its way from fake to real. Gulrajani and others (2017) ask for that at random
# points between a real and a fake picture:
#
# $$ L_D = \underbrace{E[l(\tilde x)] - E[l(x)]}_{\text{Wasserstein loss}}
#    + \lambda\, E\big[(|\nabla l(\hat x)| - 1)^2\big], \qquad \hat x = x + t\,(\tilde x - x), \; t \sim U(0, 1) . $$
#
# That is **WGAN-GP**. Mescheder and others (2018) keep the ordinary loss and ask for something else: no slope at all
# where the data are. Their penalty is called **R1**:
#
# $$ L_D + \frac{\gamma}{2}\, E\big[\,|\nabla l(x)|^2\,\big] . $$
#
# Once the fakes are right, D has nothing left to say and should be flat; R1 takes it there.
#
# To check the code one needs a D whose slope one knows. Take $l(x) = b^\top x + \frac12 x^\top A x$ with a symmetric
# $A$: its gradient is $b + A x$. The library works in float32, which has 7 digits; we ask for 5.

# %%
from course_lib.models import regularizers

random = np.random.default_rng(1)
b, A = random.normal(size=4), random.normal(size=(4, 4))
A = (A + A.T) / 2


def known(images):
    """The logit b.x + x.A.x / 2 of images (N, 2, 2, 1)."""
    x = tf.reshape(images, (-1, 4))
    return (
        x @ tf.constant(b[:, None], "float32")
        + tf.reduce_sum(x * (x @ tf.constant(A, "float32")), axis=1, keepdims=True) / 2
    )


real, fake = random.normal(size=(2, 5, 4))
as_images = [tf.constant(x.reshape(5, 2, 2, 1), "float32") for x in (real, fake)]

penalty = regularizers.r1(weight=3.0)(known, *as_images, keras.random.SeedGenerator(0))
by_hand = 3.0 / 2 * np.mean(np.sum((b + real @ A) ** 2, axis=1))
print(f"R1       library {float(penalty):.5f}, by hand {by_hand:.5f}")
assert abs(float(penalty) - by_hand) < 1e-5 * by_hand

seed = keras.random.SeedGenerator(0)
penalty = regularizers.gradient_penalty(weight=10.0)(known, *as_images, seed)
t = (
    keras.random.uniform((5, 1, 1, 1), seed=keras.random.SeedGenerator(0))
    .numpy()
    .reshape(5, 1)
)
between = real + t * (fake - real)
by_hand = 10.0 * np.mean((np.linalg.norm(b + between @ A, axis=1) - 1) ** 2)
print(f"WGAN-GP  library {float(penalty):.5f}, by hand {by_hand:.5f}")
assert abs(float(penalty) - by_hand) < 1e-5 * by_hand

# %% [markdown]
# ### Second reading: the gradient of a gradient
# The penalty contains a gradient with respect to the *picture*, and D learns from its gradient with respect to the
# *weights*: two tapes, one inside the other. Is that right too? Finite differences tell: move one weight a little up
# and a little down, and see by how much the penalty changes. The error of such a quotient is about (step)$^2$, plus
# rounding divided by the step; in float64 and with a step of $10^{-5}$ both are near $10^{-10}$.


# %%
def penalty_of(weights, x):
    """E[(|grad l| - 1)^2] of a small network with a tanh, in float64."""
    first, second = weights
    with tf.GradientTape() as tape:  # the inner tape, to the pictures
        tape.watch(x)
        logits = tf.tanh(x @ first) @ second
    gradient = tape.gradient(logits, x)
    return tf.reduce_mean((tf.norm(gradient, axis=1) - 1) ** 2)


weights = [tf.Variable(random.normal(size=shape)) for shape in ((4, 6), (6, 1))]
x = tf.constant(random.normal(size=(8, 4)))
with tf.GradientTape() as tape:  # the outer tape, to the weights
    value = penalty_of(weights, x)
analytic = tape.gradient(value, weights[0]).numpy()

step, middle = 1e-5, weights[0].numpy()
quotients = np.zeros_like(middle)
for place in np.ndindex(middle.shape):
    values = []
    for sign in (1, -1):
        shifted = middle.copy()
        shifted[place] += sign * step
        values.append(float(penalty_of([tf.constant(shifted), weights[1]], x)))
    quotients[place] = (values[0] - values[1]) / (2 * step)
print("two tapes:          ", np.round(analytic[0], 6))
print("finite differences: ", np.round(quotients[0], 6))
assert np.abs(analytic - quotients).max() < 1e-8

# %% [markdown]
# ## Exercise 2: repair a penalty
# WGAN-GP also punishes a critic that is *too flat*, though the theorem of lesson 1 only forbids steep ones. The
# one-sided version (Petzka and others, 2018) does not:
#
# $$ \lambda\, E\big[\max(0, |\nabla l(\hat x)| - 1)^2\big] . $$
#
# The code below should compute it, and three things are wrong, one in each line. `slope(points)` returns the
# gradients of $l$ at `points`, both of shape (N, d); `real` and `fake` have that shape too; `places` holds the N
# numbers $t$, 0 meaning real and 1 fake. Return a number.


# %% role="exercise" grade_id="one_sided_penalty"
# Exercise 2
def one_sided_penalty(slope, real, fake, places, weight):
    """weight * E[max(0, |grad l| - 1)^2] at the given places between real and fake."""
    ### BEGIN BROKEN
    # points = real + places[:, None] * (real - fake)
    # lengths = np.linalg.norm(slope(points))
    # return float(weight * np.maximum(0, np.mean(lengths) - 1) ** 2)
    ### END BROKEN
    ### BEGIN SOLUTION
    points = real + places[:, None] * (fake - real)
    lengths = np.linalg.norm(slope(points), axis=1)
    return float(weight * np.mean(np.maximum(0, lengths - 1) ** 2))
    ### END SOLUTION


# %% role="check" grade_id="one_sided_penalty"


def bowl(points):
    """Slopes of l(x) = |x|^2 / 2."""
    return points


def valley(points):
    """Slopes of another quadratic logit."""
    return points * np.array([2.0, -0.5]) + np.array([0.3, 0.0])


real_points = np.array([[0.0, 0.0], [1.0, 2.0], [-1.0, 0.5]])
fake_points = np.array([[3.0, 1.0], [0.0, 2.5], [2.0, 2.0]])
check(
    2,
    "one_sided_penalty",
    cases=[
        ((bowl, real_points, fake_points, np.array([0.0, 0.5, 1.0]), 10.0), 16.81957841),
        ((valley, real_points, fake_points, np.array([0.9, 0.2, 0.4]), 2.0), 15.75191347),
    ],
    mistakes={
        "The points are on the wrong side of the real ones: t = 1 has to give the fake.": [
            38.18838840,
            20.03516844,
        ],
        "Square first, then average: a steep picture must not be excused by flat ones.": [
            5.05669486,
            7.42097981,
        ],
        "np.linalg.norm without an axis is one number for the whole batch; each picture has its own length.": [
            70.15240240,
            53.67334957,
        ],
        "This punishes flat places too (two-sided): only what is above 1 should count.": [
            20.15291174,
            15.75994721,
        ],
        "The weight is missing.": [1.68195784, 7.87595673],
    },
    hint="Take it line by line: where are the points, how long is each gradient, what is averaged?",
)

# %% role="graded" grade_id="one_sided_penalty" points=1
for case in range(3):
    count, size = int(random.integers(4, 9)), int(random.integers(2, 6))
    matrix = random.normal(size=(size, size)) / size  # some slopes above 1 and some below
    offset = random.normal(size=size) / size
    real, fake = random.normal(size=(2, count, size))
    places = random.uniform(size=count)
    publish(
        **{
            f"penalty_{case}": one_sided_penalty(
                lambda points, m=matrix, o=offset: points @ m + o,
                real,
                fake,
                places,
                float(random.uniform(1, 10)),
            )
        }
    )

# %% [markdown]
# ## Two time scales
# The proofs about GANs like D to be at its best for the present G. So let D learn faster: give it a larger learning
# rate. Heusel and others (2017) prove that with two *time scales* (the quotient of the rates growing without limit)
# the game settles, if D alone would.
#
# What the quotient does one can see in the smallest of all GANs, the Dirac-GAN of Mescheder and others: the data are
# a single point at 0, the fake a single point at $\theta$, and $l(x) = \psi x$. With the minimax loss, and R1 of
# weight $\gamma$,
#
# $$ L_G = -\mathrm{softplus}(\psi\theta), \qquad
#    L_D = \mathrm{softplus}(0) + \mathrm{softplus}(\psi\theta) + \tfrac\gamma2 \psi^2 . $$
#
# The slope of softplus at 0 is $\frac12$. So near the equilibrium $\theta = \psi = 0$, with learning rate $a$ for G
# and $b$ for D, and small steps, both move as (the non-saturating loss leads to the same)
#
# $$ \frac{d}{dt}\begin{pmatrix} \theta \\ \psi \end{pmatrix} = J \begin{pmatrix} \theta \\ \psi \end{pmatrix}, \qquad
#    J = \begin{pmatrix} 0 & \frac a2 \\ -\frac b2 & -b\gamma \end{pmatrix} . $$
#
# G moves its point uphill on D's line; D lowers the line where the fake is; R1 pulls $\psi$ back to 0. The eigenvalues
# of $J$ decide everything, because each of them, $\lambda$, belongs to a motion that goes as $e^{\lambda t}$: the real
# part says how fast it dies out, the imaginary part whether it circles on the way. (Lesson 2 has more of this.) First
# $J$ is compared with finite differences of the gradients of the losses (float64: see above), then we let five games
# run.


# %%
def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def motion(state, a, b, gamma):
    """d theta / dt and d psi / dt: minus the gradients of L_G and L_D, times the rates."""
    theta, psi = state
    return np.array(
        [a * psi * sigmoid(psi * theta), -b * (theta * sigmoid(psi * theta) + gamma * psi)]
    )


def jacobian(a, b, gamma):
    return np.array([[0, a / 2], [-b / 2, -b * gamma]])


step = 1e-5
for a, b, gamma in ((1, 1, 0), (1, 4, 0.5), (0.3, 2, 1)):
    columns = [
        (motion(e * step, a, b, gamma) - motion(-e * step, a, b, gamma)) / (2 * step)
        for e in np.eye(2)
    ]
    assert np.allclose(np.array(columns).T, jacobian(a, b, gamma), atol=1e-9)


# %% fold="Let five games run, and draw them"
def run(a, b, gamma, end=40.0, dt=0.02):
    """The states of a game that begins at theta = 1, psi = 0, every dt."""
    states = [np.array([1.0, 0.0])]
    for _ in range(round(end / dt)):  # half a step first, so that errors are of order dt^2
        half = states[-1] + dt / 2 * motion(states[-1], a, b, gamma)
        states.append(states[-1] + dt * motion(half, a, b, gamma))
    return np.array(states)


figure, (plane, course) = plt.subplots(1, 2, figsize=(9.0, 3.5))
games = {
    "$b = 1$, no penalty": (1, 1, 0.0, "neutral", ":"),
    "$b = 1/4$": (1, 0.25, 0.5, "fake", "--"),
    "$b = 1$": (1, 1, 0.5, "discriminator", "-."),
    "$b = 4$": (1, 4, 0.5, "generator", "-"),
    "$b = 16$": (1, 16, 0.5, "real", plots.STYLES[-1]),
}
for name, (a, b, gamma, role, style) in games.items():
    path = run(a, b, gamma)
    values = np.linalg.eigvals(jacobian(a, b, gamma))
    print(f"{name:20} eigenvalues {values[0]:.2f} and {values[1]:.2f}")
    look = {"color": plots.COLOURS[role], "linestyle": style}
    plane.plot(*path[:1000].T, label=name, **look)
    course.plot(np.arange(len(path)) * 0.02, path[:, 0], **look)
plane.plot(0, 0, "k+", markersize=9)
plane.set(
    title="The game in the plane", xlabel=r"fake, $\theta$", ylabel=r"slope of D, $\psi$"
)
course.set(title="Where the fake is", xlabel="time", ylabel=r"$\theta$", xlim=(0, 40))
figure.legend(loc="outside lower center", ncols=5)
plots.show(
    figure,
    alt="Five paths of the Dirac-GAN. Without penalty it goes round for ever. With the penalty it spirals inwards, "
    "slowly for a slow discriminator; at b = 4 it goes to the equilibrium without a turn, and at b = 16 too, but "
    "more slowly than at 4.",
)

# %% [markdown]
# The dotted line is the warning: **two rates alone do not stop the circle.** Without a penalty both eigenvalues are
# imaginary whatever $b$ is. A faster D helps only if D settles by itself. And faster is not always better: beyond
# some point G becomes the one that is slow.
#
# ## Exercise 3: how fast does it settle?
# Derive it. Solve $\lambda^2 - \lambda\, \mathrm{tr} J + \det J = 0$ for the two eigenvalues of $J$. In the long run
# the *slower* one rules, so all distances shrink like $e^{-r t}$ with $r = -\max(\mathrm{Re}\, \lambda_1,
# \mathrm{Re}\, \lambda_2)$. Write `settling_rate(a, b, gamma)`, which returns $r$, in each of the two cases (complex
# or real roots). For $a = 1$, $b = 1$, $\gamma = \frac12$ it is $\frac14$.


# %% role="exercise" grade_id="settling_rate"
# Exercise 3
def settling_rate(a, b, gamma):
    """r, where distances in the Dirac-GAN with R1 shrink like exp(-r t)."""
    ### BEGIN SOLUTION
    # The trace is -b gamma, the determinant a b / 4.
    under_root = (b * gamma) ** 2 - a * b
    if under_root <= 0:  # complex roots: both have the real part -b gamma / 2
        return b * gamma / 2
    return (b * gamma - math.sqrt(under_root)) / 2
    ### END SOLUTION


# %% role="check" grade_id="settling_rate"
checked_settling_rate = check(
    3,
    "settling_rate",
    cases=[
        ((1, 1, 0.5), 0.25),
        ((1, 16, 0.5), 0.53589838),
        ((0.3, 2, 1.0), 0.07804556),
        ((2, 0.5, 0.0), 0.0),
    ],
    mistakes={
        "For real roots this is the faster of the two; in the long run the slower one rules.": [
            0.25,
            7.46410162,
            1.92195445,
            0.0,
        ],
        "Right for complex roots. If the root is real, it makes one eigenvalue slower than b gamma / 2.": [
            0.25,
            4.0,
            1.0,
            0.0,
        ],
        "The sign is turned round: r is minus the larger real part.": [
            -0.25,
            -0.53589838,
            -0.07804556,
            0.0,
        ],
        "Under the root stands tr^2 - 4 det, and det J is a b / 4: the product of both halves.": [
            0.25,
            4.0,
            0.36754447,
            0.0,
        ],
    },
    hint="lambda = (tr +- sqrt(tr^2 - 4 det)) / 2, tr = -b gamma, det = a b / 4. Which cases are there?",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="settling_rate" points=2
for case in range(4):
    a, gamma = random.uniform(0.2, 2, size=2)
    critical = a / gamma**2
    b = critical * (random.uniform(1.2, 6) if case % 2 else random.uniform(0.1, 0.8))
    publish(**{f"rate_{case}": settling_rate(float(a), float(b), float(gamma))})

# %% [markdown]
# **Predict first.** For which $b$ does the game with $a = 1$ and $\gamma = \frac12$ settle fastest, and how does your
# rate go on beyond? Your function draws the curve; the dots are measured on simulated games, by the largest distance
# after time 40 and after time 120. (The tolerance of 0.02: at the peak the distance shrinks like $t\,e^{-t}$, and the
# factor of 3 in $t$ between the two times costs $\log 3 / 80 = 0.014$.)

# %% role="spoiler" fold="Draw your rate beside simulated games"
speeds = np.geomspace(0.1, 100, 200)
rates = [checked_settling_rate(1.0, float(b), 0.5) for b in speeds]
figure, axes = plt.subplots(figsize=(6.0, 3.0))
axes.semilogx(speeds, rates, color=plots.COLOURS["generator"], label="your function")
for b in (0.25, 1, 4, 16):
    distances = np.linalg.norm(run(1, b, 0.5, end=140), axis=1)
    reached = [np.max(distances[when:]) for when in (2000, 6000)]
    measured = math.log(reached[0] / reached[1]) / 80
    axes.plot(
        b, measured, "o", color=plots.COLOURS["fake"], label="simulated" if b == 1 else None
    )
    expected = checked_settling_rate(1.0, float(b), 0.5)
    print(f"b = {b:5}: measured {measured:.3f}, your function {expected:.3f}")
    assert abs(measured - expected) < 0.02
axes.set(
    title=r"How fast the game settles, $a = 1$, $\gamma = 1/2$",
    xlabel="D's learning rate, $b$",
    ylabel="settling rate $r$",
)
axes.legend()
plots.show(
    figure,
    alt="The settling rate against D's learning rate. It rises in proportion to a peak of 1 at b = 4 and then falls "
    "towards one half. Four simulated games lie on the curve.",
)

# %% [markdown]
# ## Averaged weights
# If the game circles, draw with the middle of the circle. **Averaging** keeps a second copy of G's weights, which
# follows the first (Yazici and others, 2019):
#
# $$ \bar\theta_t = \delta\, \bar\theta_{t-1} + (1 - \delta)\, \theta_t
#  \quad\Longrightarrow\quad \bar\theta_n = \delta^n \bar\theta_0 + (1 - \delta) \sum_{t=1}^n \delta^{n-t} \theta_t .
# $$
#
# The copy takes no part in training. `GAN(averaging=0.998)` keeps one, and `gan.sample` draws with it. Two sides of
# it in numbers. *Noise*: if $\theta_t$ jumps about independently with variance $v$, the weights of the sum give
# $\bar\theta$ the variance $v (1-\delta)^2 \sum_j \delta^{2j} = v\,\frac{1 - \delta}{1 + \delta}$. *Lag*: if
# $\theta_t$ moves on steadily, the copy is $\delta / (1 - \delta)$ steps behind. (Tolerances: the variance comes from
# 195,000 numbers, but neighbours are so much alike that they count as 10,000, and four standard errors are 6 %. The
# lag is exact but for rounding.)


# %% tags=["nbval-check-output"]
def averaged(values, decay):
    """The exponential moving average of a sequence, starting from its first element."""
    result = [values[0]]
    for value in values[1:]:
        result.append(decay * result[-1] + (1 - decay) * value)
    return np.array(result)


decay = 0.998
values = np.random.default_rng(0).normal(size=1000)
weights = (1 - decay) * decay ** np.arange(998, -1, -1)
unrolled = decay**999 * values[0] + weights @ values[1:]
print("recursion and sum agree:", math.isclose(averaged(values, decay)[-1], unrolled))

jumps = averaged(np.random.default_rng(1).normal(size=200_000), 0.95)[5000:]
formula = (1 - 0.95) / (1 + 0.95)
print(f"variance of an average of noise: {jumps.var():.5f}, formula {formula:.5f}")
assert abs(jumps.var() / formula - 1) < 0.06

walk = np.arange(20_000.0)
lag = (walk - averaged(walk, decay))[-1]
print(f"lag behind a steady walk: {lag:.2f} steps, formula {decay / (1 - decay):.2f}")
assert abs(lag - decay / (1 - decay)) < 1e-6

# %% [markdown]
# ## Exercise 4: predict what is left of a circle
# Weights go round a circle once in `period` steps for ever. The averaged weights go round too, on a smaller circle.
# How much smaller?
#
# Write the circle as $\theta_t = e^{i \omega t}$ with $\omega = 2 \pi / \text{period}$ (real and imaginary part are
# the two coordinates). Long after the start $\bar\theta_t = (1 - \delta) \sum_{j \ge 0} \delta^j e^{i\omega(t - j)}$,
# a geometric series. Write `shrinkage(decay, period)`, the radius of the averaged circle divided by that of the
# circle. With `decay` 0 it is 1: the copy is the original.


# %% role="exercise" grade_id="shrinkage"
# Exercise 4
def shrinkage(decay, period):
    """Radius of the averaged circle, as a share of the circle's own."""
    ### BEGIN SOLUTION
    # The series sums to (1 - d) / (1 - d e^{-i omega}); its absolute value is the share.
    omega = 2 * math.pi / period
    return (1 - decay) / math.sqrt(1 - 2 * decay * math.cos(omega) + decay**2)
    ### END SOLUTION


# %% role="check" grade_id="shrinkage"
checked_shrinkage = check(
    4,
    "shrinkage",
    cases=[((0.9, 20), 0.31927824), ((0.5, 4), 0.44721360), ((0.0, 7), 1.0)],
    mistakes={
        "This is the square of the radius: |1 - d e^{-i omega}| has a root.": [
            0.10193859,
            0.2,
            1.0,
        ],
        "omega is 2 pi / period, an angle a step.": [0.09642828, 0.36239081, 1.0],
        "This is 1/period as omega; a whole turn is 2 pi.": [0.90352519, 0.94308140, 1.0],
        "The real part alone is one coordinate at one moment; the radius is the absolute value.": [
            0.14684166,
            0.4,
            1.0,
        ],
        "1 - decay is the weight of the newest step alone; all earlier ones count too.": [
            0.1,
            0.5,
            1.0,
        ],
    },
    hint="Sum the geometric series to (1 - d) / (1 - d e^{-i omega}), then take the absolute value.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="shrinkage" points=1
for case in range(4):
    publish(
        **{
            f"share_{case}": shrinkage(
                float(random.uniform(0.3, 0.99)), float(random.uniform(4, 60))
            )
        }
    )

# %% [markdown]
# Now the run: the Dirac-GAN without a penalty, in alternating steps as in a real training (D first, then G), both with
# rate 0.1. It goes round for ever.
#
# **Predict first.** One turn takes about 125 steps. Call your function for the decays 0.95, 0.98 and 0.998 before you
# run the cell. How large is the path of the averaged fake, compared with your prediction?

# %% role="spoiler" fold="Draw the circling game and its averages"
rate, states = 0.1, [np.array([0.5, 0.0])]
for _ in range(20_000):
    theta, psi = states[-1]
    psi = psi - rate * theta * sigmoid(psi * theta)
    theta = theta + rate * psi * sigmoid(psi * theta)
    states.append(np.array([theta, psi]))
states = np.array(states)
turns = np.flatnonzero((states[:-1, 1] < 0) & (states[1:, 1] >= 0))
period = np.diff(turns).mean()

figure, axes = plt.subplots(figsize=(6.0, 3.4))
turn = round(period)  # draw one turn, or dashes would hide one another
axes.plot(*states[-turn:].T, color=plots.COLOURS["fake"], label="the game")
for decay, style in ((0.95, "--"), (0.98, "-."), (0.998, ":")):
    copy = averaged(states, decay)
    seen = np.ptp(copy[-1000:, 0]) / np.ptp(states[-1000:, 0])
    share = checked_shrinkage(decay, float(period))
    print(
        f"period {period:.1f}, decay {decay}: measured {seen:.4f}, your function {share:.4f}"
    )
    assert abs(seen - share) < 0.02 * share + 1e-3
    axes.plot(
        *copy[-turn:].T,
        style,
        color=plots.COLOURS["generator"],
        label=rf"average, $\delta$ = {decay}",
    )
axes.set(
    title="A circling game and its averages",
    xlabel=r"fake, $\theta$",
    ylabel=r"slope of D, $\psi$",
    aspect="equal",
)
axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
plots.show(
    figure,
    alt="The game goes round a circle of radius one half. Its average with decay 0.95 goes round a circle 0.71 "
    "times as large, with 0.98 one 0.37 times as large, and with 0.998 it is almost a point in the middle.",
)

# %% [markdown]
# (The tolerance of 2 %: the formula is for an exact circle, and the game's path is very slightly out of round.)
#
# **A good place to stop.** So far the remedies were for the game itself; next come those for what D gets to see, and
# then the experiment that compares them all.

# %% [markdown]
# ## Differentiable augmentation
# With few pictures D learns them by heart: it says "real" to those it knows and "fake" to everything else, also to
# good fakes and to real pictures it has not seen. A classifier would be cured by **augmentation**: shift, darken, cut,
# so that no picture comes twice. In a GAN there is a catch. Augment the real ones only, and G learns to draw shifted,
# darkened, cut pictures. Zhao and others (2020) show *everything* to D through random changes $T$ of one kind,
# drawn anew for each picture, real or fake:
#
# $$ L_D = E[\mathrm{softplus}(-l(T(x)))] + E[\mathrm{softplus}(l(T(\tilde x)))], \qquad
#    L_G = E[\mathrm{softplus}(-l(T(\tilde x)))] . $$
#
# G draws $\tilde x$, before the change. It learns through $T$, so $T$ must let gradients pass: this is what
# *differentiable* augmentation means. Here are three changes, each drawn once for each of six emoji.

# %%
from course_lib.models import augmentations

emoji = datasets.load("emoji")
changes = {
    "brightness": augmentations.brightness(0.5),
    "translation": augmentations.translation(1 / 8, background=1.0),
    "cutout": augmentations.cutout(1 / 2),
}
chosen = tf.constant(emoji.images_train[[3, 200, 420, 700, 1000, 1150]])
rows = [chosen.numpy()]
for number, change in enumerate(changes.values()):
    rows.append(change(chosen, keras.random.SeedGenerator(number)).numpy())
figure, axes = plt.subplots(figsize=(5.6, 3.5))
axes.imshow(
    plots.tile(np.clip(np.concatenate(rows), -1, 1), columns=6), interpolation="nearest"
)
axes.set_yticks(np.arange(4) * 34 + 16, ["as they are", *changes])
axes.set(title="What D is shown", xticks=[])
axes.grid(False)
axes.spines[:].set_visible(False)
plots.show(
    figure,
    alt="Four rows of the same six emoji: as they are; lighter or darker; shifted by a few pixels; with a grey square "
    "cut out, a quarter of the picture.",
)

# %% [markdown]
# Does the gradient pass, and does it pass *correctly*? A shift only moves numbers, so the gradient of
# $\sum w \cdot T(x)$ with respect to $x$ must be $w$ shifted *back*; a cut-out box must give 0 and everything else $w$.
# We ask the tape, and finite differences for one pixel. (Float32 sums of 3,072 numbers are good to some
# $10^{-4}$; a step of 0.5 is allowed since $T$ is linear.)

# %%
random = np.random.default_rng(2)
probe = tf.constant(random.normal(size=chosen.shape), "float32")
for name, change in changes.items():
    with tf.GradientTape() as tape:
        tape.watch(chosen)
        total = tf.reduce_sum(probe * change(chosen, keras.random.SeedGenerator(5)))
    gradient = tape.gradient(total, chosen).numpy()
    up, down = chosen.numpy(), chosen.numpy()
    up[1, 16, 9, 0] += 0.5
    down[1, 16, 9, 0] -= 0.5
    quotient = float(
        tf.reduce_sum(
            probe
            * (
                change(tf.constant(up), keras.random.SeedGenerator(5))
                - change(tf.constant(down), keras.random.SeedGenerator(5))
            )
        )
    )
    print(
        f"{name:12} tape {gradient[1, 16, 9, 0]:8.5f}, finite differences {quotient:8.5f}, "
        f"share of pixels with a gradient {np.mean(gradient != 0):.2f}"
    )
    assert abs(gradient[1, 16, 9, 0] - quotient) < 1e-3
    if name == "cutout":
        seen_through = gradient != 0
        assert np.array_equal(gradient[seen_through], probe.numpy()[seen_through])
    copies = change(tf.repeat(chosen[:1], 8, axis=0), keras.random.SeedGenerator(6)).numpy()
    print(
        f"{'':12} eight copies of one picture become {len(np.unique(copies, axis=0))} different ones"
    )

# %% [markdown]
# ### Second reading: what must not be hidden
# If D sees pictures only through $T$, is "the same after $T$" still "the same"? Take a signal that has one bright
# pixel among 16, at a random place with probabilities $p$. $T$ shifts it round by $k$ pixels with probability $q_k$.
# Afterwards the place has the probabilities $p * q$, a convolution, and the Fourier transform makes a product of
# it: $\widehat{p * q} = \hat p \cdot \hat q$. So D can tell $p_{data}$ from $p_g$ through $T$ if no number
# of $\hat q$ is zero. Shifts of at most two pixels pass. A shift to *anywhere* hides everything: G may then
# draw the pixel wherever it likes.

# %% tags=["nbval-check-output"]
p_data, p_g = np.random.default_rng(3).dirichlet(np.ones(16), size=2)
shifts = {
    "by up to 2 pixels": np.isin(np.arange(16), [14, 15, 0, 1, 2]) / 5,
    "by any number": np.ones(16) / 16,
}
for name, q in shifts.items():
    mixed = [sum(q[k] * np.roll(p, k) for k in range(16)) for p in (p_data, p_g)]
    product = np.fft.ifft(np.fft.fft(p_data) * np.fft.fft(q)).real
    assert np.allclose(mixed[0], product)
    left = np.abs(mixed[0] - mixed[1]).sum() / np.abs(p_data - p_g).sum()
    print(
        f"shift {name:17} smallest |q^| {np.abs(np.fft.fft(q)).min():.3f}, "
        f"left of the difference {left:.3f}"
    )

# %% [markdown]
# ## Exercise 5: T in both losses
# Write the two losses above as `augmented_losses(logits, T, real, fake)`, which returns the pair $(L_D, L_G)$, two
# numbers to be minimised.
#
# - `logits` maps images (batch, height, width, channels) to logits (batch, 1), and `T` maps images to images, drawing
#   its random numbers anew at each call;
# - `real` and `fake` are tensors, and gradients must pass: so no NumPy, but Keras's `ops.softplus` and `ops.mean`.
#
# Three mistakes are usual: $T$ on the real pictures only; $T$ on both, but in $L_D$ only; and a fake that is cut off
# from its generator on the way into $L_G$.


# %% role="exercise" grade_id="augmented_losses"
# Exercise 5
def augmented_losses(logits, T, real, fake):
    """(L_D, L_G), non-saturating, with all that D sees changed by T; each a scalar tensor."""
    ### BEGIN SOLUTION
    on_real, on_fake = logits(T(real)), logits(T(fake))
    loss_d = ops.mean(ops.softplus(-on_real)) + ops.mean(ops.softplus(on_fake))
    return loss_d, ops.mean(ops.softplus(-on_fake))
    ### END SOLUTION


# %% role="check" grade_id="augmented_losses"


def passes_through_T(augmented_losses):
    def softplus_mean(logits):
        return np.mean(np.logaddexp(0, logits))

    def squared(images):  # a change that does not commute with much
        return images * images - 0.3

    draw = np.random.default_rng(5)
    slope = draw.normal(size=(6, 1))
    real, fake = draw.normal(size=(2, 4, 1, 3, 2))
    weights = tf.Variable(tf.constant(slope, "float32"))

    def logits(images):
        return tf.reshape(images, (-1, 6)) @ weights - 0.4

    def by_hand(images):
        return images.reshape(-1, 6) @ slope - 0.4

    shown = [tf.constant(images, "float32") for images in (real, fake)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(shown)
        found = augmented_losses(logits, squared, *shown)
        if not isinstance(found, tuple | list) or len(found) != 2:
            return "Return two losses, L_D and L_G, in this order."
        loss_d, loss_g = found
    seen = np.array([np.asarray(each, "float64") for each in found])
    if seen.shape != (2,):
        return f"Each loss is one number, a mean over the batch; yours have the shape {seen.shape[1:]}."
    r, f = by_hand(squared(real)), by_hand(squared(fake))
    plain_r, plain_f = by_hand(real), by_hand(fake)
    on_d = softplus_mean(-r) + softplus_mean(f)
    on_g = softplus_mean(-f)
    mistakes = {
        "T is missing: D and G are both shown the pictures as they are.": (
            softplus_mean(-plain_r) + softplus_mean(plain_f),
            softplus_mean(-plain_f),
        ),
        "T changes the real pictures only: then G learns to draw changed ones. Fakes go through T, too.": (
            softplus_mean(-r) + softplus_mean(plain_f),
            softplus_mean(-plain_f),
        ),
        "T changes the fakes only: real pictures go through T, too.": (
            softplus_mean(-plain_r) + softplus_mean(f),
            on_g,
        ),
        "L_D is right. But in L_G the fakes are shown without T, to a D that never sees such pictures.": (
            on_d,
            softplus_mean(-plain_f),
        ),
        "L_G is turned round: G lowers softplus(-l), so that its logits rise.": (
            on_d,
            softplus_mean(f),
        ),
        "That is the minimax generator, -softplus(l): asked for is the non-saturating one, softplus(-l).": (
            on_d,
            -softplus_mean(f),
        ),
        "Real and fake are exchanged in L_D: D lowers softplus(-l) of the real ones and softplus(l) of the fakes.": (
            softplus_mean(r) + softplus_mean(-f),
            on_g,
        ),
        "The two losses are in the other order: L_D first.": (on_g, on_d),
        "L_D is the sum of two means, over the real and over the fake pictures; yours is half of it.": (
            on_d / 2,
            on_g,
        ),
    }
    if not np.allclose(seen, (on_d, on_g), rtol=1e-4):
        for hint, wrong in mistakes.items():
            if np.allclose(seen, wrong, rtol=1e-4):
                return hint
        return (
            f"For four pictures of each kind it gives {seen[0]:.4f} and {seen[1]:.4f}, which is not right. "
            "Each of the three terms is a mean of softplus of plus or minus logits(T(...))."
        )
    if not (tf.is_tensor(loss_d) and tf.is_tensor(loss_g)):
        return "The numbers are right, but they are no tensors, and no gradient passes: use `ops`, not NumPy."
    pushes = [tape.gradient(loss_d, weights), tape.gradient(loss_g, shown[1])]
    if pushes[0] is None:
        return "The numbers are right, but no gradient of L_D reaches D's weights: something cuts them off."
    if pushes[1] is None:
        return "The numbers are right, but no gradient of L_G reaches the fakes: nothing may cut them off from G."
    pull = -1 / (1 + np.exp(f)) / 4  # of softplus(-l), in the mean over four
    expected = (pull * slope.T).reshape(fake.shape) * 2 * fake
    if not np.allclose(pushes[1], expected, atol=1e-5):
        return "The numbers are right, but the gradient that reaches the fakes is not: it has to pass through T."

    chance = keras.random.SeedGenerator(0)

    def fresh(images):
        return images + keras.random.normal(ops.shape(images), seed=chance)

    compiled = tf.function(lambda x, y: augmented_losses(logits, fresh, x, y), autograph=False)
    if not np.isfinite([float(each) for each in compiled(*shown)]).all():
        return "With a random T, compiled by tf.function, the losses are not finite."
    return None


checked_augmented_losses = check_that(
    5, "augmented_losses", passes_through_T, otherwise=OUR_ANSWER
)

# %% role="graded" grade_id="augmented_losses" points=2 tolerance=1e-4
for case in range(3):
    count, size = int(random.integers(3, 7)), int(random.integers(2, 5))
    weights = tf.Variable(tf.constant(random.normal(size=(2 * size, 1)), "float32"))
    real, fake = (
        tf.constant(random.normal(size=(count, 1, size, 2)), "float32") for _ in range(2)
    )
    factor, shift = (float(x) for x in random.uniform(0.3, 1.2, size=2))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(fake)
        loss_d, loss_g = augmented_losses(
            lambda images, w=weights, d=2 * size: tf.reshape(images, (-1, d)) @ w,
            lambda images, a=factor, c=shift: a * images * images + c,
            real,
            fake,
        )
    publish(
        **{
            f"losses_{case}": np.array([float(loss_d), float(loss_g)]),
            f"push_on_d_{case}": np.asarray(tape.gradient(loss_d, weights)),
            f"push_on_g_{case}": np.asarray(tape.gradient(loss_g, fake)),
        }
    )

# %% [markdown]
# Your losses now train two small GANs on the same 16 emoji, both networks from one call: one with a $T$ that does
# nothing, one with all three changes.


# %%
def play(T, pictures, steps=300, batch=16):
    """G and D after `steps` steps of your losses."""
    keras.utils.set_random_seed(0)
    G = networks.dcgan_generator((32, 32, 3), width=16)
    D = networks.dcgan_discriminator((32, 32, 3), width=16, hidden=128)
    pairs = [(network, keras.optimizers.Adam(1e-3, 0.5)) for network in (D, G)]

    @tf.function(autograph=False)  # there is no `if` or loop over tensors to translate
    def step(real):
        with tf.GradientTape(persistent=True) as tape:
            fake = G(tf.random.normal((batch, 64)), training=True)
            both = checked_augmented_losses(lambda x: D(x, training=True), T, real, fake)
        for (network, optimizer), loss in zip(pairs, both, strict=True):
            weights = network.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)

    for network, optimizer in pairs:
        optimizer.build(network.trainable_variables)
    for real in datasets.batches(pictures, batch).take(steps):
        step(real)
    return G, D


# %% [markdown]
# **Predict first.** After 300 steps each D is asked for its logits: of the 16 emoji it was trained on, of 64 it has
# never seen, and of 64 fakes. How far apart will it hold real and fake, without changes and with them?

# %% role="spoiler"
order = np.random.default_rng(0).permutation(len(emoji.images_train))
known, held_out = emoji.images_train[order[:16]], emoji.images_test[:64]
all_three, chances = augmentations.chain(*changes.values()), keras.random.SeedGenerator(0)
print("mean logit of        known  held out   fakes")
for name, T in (("nothing", lambda x: x), ("all three", lambda x: all_three(x, chances))):
    G, D = play(T, known)
    fakes = G(np.random.default_rng(1).normal(size=(64, 64)).astype("float32"), training=False)
    said = [float(np.mean(D(T(tf.constant(x))))) for x in (known, held_out, fakes)]
    print(f"T does {name:10}", *(f"{logit:8.2f}" for logit in said))

# %% [markdown]
# Without $T$ D soon knows its 16 pictures, and has to learn nothing else: it grows so sure of itself that its verdicts
# lie far apart, and G cannot follow. With $T$ no picture comes twice, and the two stay close together. What D says of
# emoji it has not seen parts from what it says of known ones later, once the fakes are better. You will see that
# at the end of the lesson, and also where the changes do harm.

# %% [markdown]
# ## Minibatch deviation
# A D that looks at one picture at a time cannot see mode collapse: if every fake is the same excellent coat, each of
# them passes. Karras and others (2018) give D one more channel that says how much the pictures of a group *differ*:
# the standard deviation of each feature over the group, averaged over all features and places to one number $m$,
#
# $$ m = \frac{1}{HWC} \sum_{h, w, c} \sqrt{ \frac1n \sum_{i=1}^n \big(f_{ihwc} - \bar f_{hwc}\big)^2 } . $$
#
# A second way to the same end, the *mode-seeking* loss of Mao and others (2019), sits in G: it rewards large
# $|G(z_1) - G(z_2)| / |z_1 - z_2|$. We check the layer of `models.networks` against NumPy, and look at $m$ for
# three groups of eight. (float32: five digits. The layer adds $10^{-8}$ under the root, or its slope at 0 would be
# infinite: this is why copies give $10^{-4}$ and not 0.)

# %%
groups = {
    "eight garments": garments.images_train[:8],
    "eight coats": garments.images_train[garments.labels_train == 4][:8],
    "one coat, eight times": np.repeat(
        garments.images_train[garments.labels_train == 4][:1], 8, 0
    ),
}
layer = networks.MinibatchDeviation()
for name, images in groups.items():
    both = np.concatenate([images, images])  # a batch of 16: two groups of eight
    seen = layer(tf.constant(both))[0, 0, 0, -1].numpy()
    by_hand = np.sqrt(images.astype("float64").var(axis=0) + 1e-8).mean()
    print(f"{name:22} layer {seen:.5f}, by hand {by_hand:.5f}")
    assert abs(seen - by_hand) < 1e-5

# %% [markdown]
# ## Exercise 6: design a number that cannot be fooled
# No points here, and many right answers. The deviation of *pixels* has a weakness: one coat with strong noise, eight
# times, differs a lot. Write `variety(images)`: images (N, 28, 28), floats in about [-1, 1], to one number
#
# - that does not depend on the order of the images, and is (nearly) 0 for copies of one image;
# - that calls eight different shapes at least *twice* as varied as eight copies of one shape under heavy noise, and
#   one and the same shape in eight different places as well: a place counts as variety.
#
# Think about what noise has and shapes do not. (The check makes its own shapes: bars and boxes of random place and
# size.)


# %% role="exercise" grade_id="variety"
# Exercise 6
def variety(images):
    """How much images (N, 28, 28) differ in shape, whatever noise is on them; a number."""
    ### BEGIN SOLUTION
    # Noise has no memory from pixel to pixel: in the mean of 49 pixels a seventh of it is left.
    blocks = np.asarray(images, float).reshape(len(images), 4, 7, 4, 7).mean(axis=(2, 4))
    return float(blocks.std(axis=0).mean())
    ### END SOLUTION


# %% role="check" grade_id="variety"


def cannot_be_fooled(variety):
    random, elsewhere = np.random.default_rng(0), np.random.default_rng(1)
    for _ in range(5):
        shapes = np.full((8, 28, 28), -1.0)
        for shape in shapes:
            top, left = random.integers(0, 14, size=2)
            height, width = random.integers(6, 15, size=2)
            shape[top : top + height, left : left + width] = random.uniform(0, 1)
        copies = np.repeat(shapes[:1], 8, axis=0)
        noisy = copies + random.normal(0, 0.6, size=copies.shape)
        moved = np.full((8, 28, 28), -1.0)
        for picture, place in zip(moved, elsewhere.permutation(16), strict=False):
            top, left = 5 * (place // 4), 5 * (place % 4)
            picture[top : top + 11, left : left + 9] = 0.8
        of_shapes, of_copies, of_noisy, of_moved = (
            float(variety(images.copy())) for images in (shapes, copies, noisy, moved)
        )
        again = float(variety(random.permutation(shapes)))
        if not np.isfinite([of_shapes, of_copies, of_noisy, of_moved]).all():
            return "It gives nan or infinity for some batch."
        many = float(variety(np.tile(shapes, (3, 1, 1))[:20].astype("float32")))
        if not np.isfinite(many):
            return "For 20 images, float32, it gives nan or infinity."
        if of_shapes <= 0:
            return f"Eight shapes give {of_shapes:.4g}: a number that grows with variety is above 0 for them."
        if abs(again - of_shapes) > 1e-6 * abs(of_shapes):
            return f"The order should not matter, but it gives {of_shapes:.4g} and {again:.4g} for two orders."
        if of_copies > 0.05 * of_shapes:
            return (
                f"Eight copies give {of_copies:.4g}, which should be next to nothing beside the {of_shapes:.4g} of "
                "eight shapes."
            )
        if of_shapes < 2 * of_noisy:
            return (
                f"Eight shapes give {of_shapes:.4g}, one shape under heavy noise {of_noisy:.4g}: that should be "
                "less than half. In a mean of neighbouring pixels noise cancels and shapes stay: compare such means, "
                "or, if you do, means of more pixels (of n, a share of 1 / sqrt(n) of the noise is left)."
            )
        if of_moved < 2 * of_noisy:
            return (
                f"One shape in eight places gives {of_moved:.4g}, and in one place under heavy noise {of_noisy:.4g}: "
                "your number does not see where the shape is. Compare the pictures place by place."
            )
    print(f"Shapes {of_shapes:.3f}, noisy copies {of_noisy:.3f}, copies {of_copies:.3f}.")
    return None


checked_variety = check_that(6, "variety", cannot_be_fooled, otherwise=OUR_ANSWER)

# %% [markdown]
# ## What is each of them worth?
# Now the experiment. The **plain** GAN is a small DCGAN (lesson 6) for Fashion-MNIST, with learning rate 0.001 for
# both networks, batches of 32 and the non-saturating loss. Every row of the table switches on one remedy, and the last
# one all of them that go together. WGAN-GP has two rows. `wasserstein penalty` takes its loss and its penalty, and lets
# both networks learn in turn, as in all other rows. `wasserstein five steps` is the published algorithm: D learns five
# times, each time from new real pictures and new noise, before G learns once
# (`gan.compile(..., discriminator_steps=5)`). Only Adam's settings are those of the other rows; the paper has the rate
# 0.0001, $\beta_1 = 0$ and $\beta_2 = 0.9$.
#
# **Equal compute.** A penalty makes a step dearer, so with equal *steps* it would get more work for nothing. Every run
# gets as many steps as 15 seconds of *processor time* buy on one core. What a step costs was measured for all rows
# together, a few steps of each in turn; then the numbers of steps were fixed, so that anybody can repeat a row
# exactly. Processor time counts what this program computes, not what others do meanwhile. That makes it a fair
# measure on a busy machine, though not a perfect one: neighbours who use the same caches slow every step down. The
# column *seconds* is what the runs themselves took, with other work beside them. With five critic steps equal compute
# is hardest on G: one step costs about five times as much as a plain one, so there are 310 of them in 15 seconds. D
# learns 1,550 times meanwhile, about as often as in the plain row, and sees as many real pictures.
#
# **Three seeds.** One run proves nothing: another seed gives other weights, other noise, another order of the
# pictures. Each row was trained with the seeds 0, 1 and 2.
#
# **Scores.** Fréchet distance of 5,000 samples from the test pictures, in the features of the course's own classifier
# (lower is better); *precision*, the share of 2,000 fakes that are near a real picture; *recall*, the share of 2,000
# real ones that are near a fake. Lesson 7 derives all three.

# %% fold="Print the table"


def read_table(name):
    return list(csv.DictReader((ROOT / "data" / name).read_text("utf-8").splitlines()))


table = read_table("ablation.csv")
names = list(dict.fromkeys(row["row"] for row in table))
last = {name: max(int(row["step"]) for row in table if row["row"] == name) for name in names}


def column(name, what, end=True):
    """The three seeds' numbers, after the whole run or after its first half."""
    return np.array(
        [
            float(row[what])
            for row in table
            if row["row"] == name and (int(row["step"]) == last[name]) == end
        ]
    )


print(f"{'':22}steps seconds   Fréchet distance        half-way   precision  recall")
for name in names:
    score, half = column(name, "frechet_distance"), column(name, "frechet_distance", end=False)
    precision, recall = column(name, "precision").mean(), column(name, "recall").mean()
    print(
        f"{name:22}{last[name]:5} {column(name, 'processor_seconds').mean():7.1f}   "
        f"{score.mean():5.2f} ({score.min():5.2f} to {score.max():5.2f})   {half.mean():6.2f}   "
        f"{precision:9.2f}  {recall:6.2f}"
    )
worst = column("plain", "frechet_distance").max()
single = [name for name in names if name not in ("plain", "recipe_three", "all")]
critic = 5 * last["wasserstein_five_steps"]
worse = [name for name in single if column(name, "frechet_distance").min() > worst]
print(
    f"{len(worse)} of {len(single)} single remedies score worse than every plain run with every seed:",
    *worse,
)
print(
    f"five critic steps: D learns {critic} times, from {32 * critic:,} real pictures; "
    f"plain: {last['plain']} times, from {32 * last['plain']:,}"
)

# %% fold="Draw the table"
by_score = sorted(
    names, key=lambda name: column(name, "frechet_distance").mean(), reverse=True
)


def draw_table(axes):
    """Each run a mark, each row's mean a bar; the plain row's range shaded."""
    plain = column("plain", "frechet_distance")
    axes.axvspan(plain.min(), plain.max(), color=plots.COLOURS["neutral"], alpha=0.15)
    marks = plots.MARKERS
    for place, name in enumerate(by_score):
        scores = column(name, "frechet_distance")
        role = {"plain": "neutral", "all": "real", "recipe_three": "real"}.get(
            name, "generator"
        )
        axes.plot(
            scores, [place] * len(scores), marks[role], color=plots.COLOURS[role], alpha=0.6
        )
        axes.plot(
            scores.mean(), place, "|", color=plots.COLOURS["neutral"], markersize=18, mew=2
        )
    axes.set_yticks(range(len(by_score)), [name.replace("_", " ") for name in by_score])
    axes.set(xlabel="Fréchet distance (lower is better)")


figure, axes = plt.subplots(figsize=(7.0, 4.0))
draw_table(axes)
axes.set_title("15 processor seconds each, three seeds")
plots.show(
    figure,
    alt="Twelve rows of three marks each over the Fréchet distance. Minibatch deviation, averaging, both kinds of two "
    "time scales and the recipe's three lie in or beside the band of the plain row, between 9 and 13; R1 a little to "
    "its right; the Wasserstein loss with five critic steps, augmentation, spectral norm, all together and the "
    "Wasserstein penalty with one step further and further right, up to 18.",
)

# %% [markdown]
# Read it slowly; it is not what the papers made you expect.
#
# - **Nothing leaves the grey band to the left for certain.** Averaging and minibatch deviation have the lowest means,
#   but their marks overlap with the plain ones. Two time scales do nothing to speak of, whichever network is the
#   faster. The three remedies that the course's own recipe uses (`recipe three`: a slower D, averaging, minibatch
#   deviation) do no better here than none; in the recipe they stand beside a larger D.
# - **Five rows are plainly worse**: augmentation, spectral normalisation, WGAN-GP in both forms, and all together. Each
#   of their runs scores worse than each plain run. R1 is a little worse.
# - **A remedy wants its retinue.** WGAN-GP with the five steps it was published with is better, with every seed, than
#   WGAN-GP with one, though G takes a quarter of the steps: a critic that keeps up gives better advice. It is still
#   behind the plain GAN.
# - **All together is no sum.** Its steps cost twice as much, so it gets half as many, with a D that is held back three
#   times over.
#
# Is the literature wrong? No. A remedy works against an illness, and this GAN is not ill: two small networks of equal
# strength, 60,000 pictures of which 15 seconds show each one less than once, and a plain loss with a learning rate
# that was chosen for it. The side effects come all the same: dearer steps, and a D that may not be as sharp as it
# could be. And other remedies, too, come to us without their retinue. WGAN-GP wants a lower rate as well;
# spectral normalisation is mostly used with the hinge loss; augmentation is for few pictures, and its turn comes
# below. We changed one thing at a time and tuned nothing afterwards. So the table says what happens if you add a
# remedy to a healthy GAN just in case. It does not say what a sick one gains, or a long run, or a large network.
#
# Two studies asked our question with budgets of another size. Lucic and others (2018) trained seven kinds of GAN
# with many settings each, and found that with enough search and enough restarts most of them reach similar scores, and
# none beats the plain non-saturating GAN reliably: what looks like a better algorithm is often a larger budget. Kurach
# and others (2019) compared losses, normalisations and penalties, all tuned alike, on larger pictures and deeper
# networks. For a new data set they advise the non-saturating loss with spectral normalisation, and the gradient penalty
# on top where there is time for it. That is another row of another table: judge a remedy by tables made at *your* size,
# with *your* budget, after the same amount of search for each row.

# %% [markdown]
# ## Exercise 7: by chance?
# Three runs against three runs: could the difference be luck? Suppose the remedy did nothing. Then which three of the
# six scores carry its name is a matter of chance, and each way to choose them was equally likely. Write
# `chance(plain, remedied)`: go through *all* ways to choose as many scores as `remedied` has out of all of them
# together; return the share of ways whose mean is as low as the mean of `remedied` or lower. (The true choice is one
# of the ways. Count means that differ by less than 1e-9 as equal.) The lists need not be equally long;
# `itertools.combinations` knows all ways.


# %% role="exercise" grade_id="chance"
# Exercise 7
def chance(plain, remedied):
    """The share of ways to pick len(remedied) of all scores with a mean as low as remedied's."""
    ### BEGIN SOLUTION
    scores = [*plain, *remedied]
    means = [np.mean(pick) for pick in itertools.combinations(scores, len(remedied))]
    return float(np.mean(np.array(means) <= np.mean(remedied) + 1e-9))
    ### END SOLUTION


# %% role="check" grade_id="chance"
checked_chance = check(
    7,
    "chance",
    cases=[
        (([12.0, 11.0, 13.0], [9.0, 8.5, 10.0]), 0.05),
        (([12.0, 11.0, 13.0], [11.5, 12.5, 10.0]), 0.3),
        (([9.0, 10.0], [8.0, 9.5, 11.0, 7.0]), 0.4),
        (([9.0, 10.0], [8.0, 8.5, 7.0]), 0.1),
        (([12.6, 12.6, 8.9], [8.5, 8.6, 11.6]), 0.1),
        (([9.0, 10.0], [9.995, 8.0]), 0.3333333),
        (([0.1, 0.9], [0.3, 0.2, 0.1]), 0.4),  # 0.1 + 0.3 + 0.2 is not quite 0.3 + 0.2 + 0.1
    ],
    mistakes={
        "The true choice itself counts as well: as low *or lower*.": [
            *(0.0, 0.2, 0.26666667, 0.0, 0.05, 0.16666667, 0.2)
        ],
        "This counts differences in both directions; here only lower means count.": [
            *(0.1, 0.6, 0.73333333, 0.2, 0.2, 0.66666667, 0.5)
        ],
        "This counts means that are as high or higher; lower is better here.": [
            *(1.0, 0.8, 0.73333333, 1.0, 0.95, 0.83333333, 0.8)
        ],
        "This compares single scores, pair by pair. Compare means of whole choices.": [
            *(0.0, 0.33333333, 0.375, 0.0, 0.11111111, 0.25, 0.5)
        ],
        "Choose as many scores as `remedied` has, len(remedied); `plain` may have another length.": [
            *(0.05, 0.3, 0.4, 0.2, 0.1, 0.33333333, 0.5)
        ],
        "Two runs with the same score are two runs: a set keeps only one of them, a list both.": [
            *(0.05, 0.3, 0.4, 0.1, 0.2, 0.33333333, 0.25)
        ],
        "The same three numbers added in another order may differ in the last digit: count means as equal that differ "
        "by less than 1e-9.": [0.05, 0.3, 0.4, 0.1, 0.1, 0.33333333, 0.3],
        "Means that differ by less than 1e-9 are equal, no others: your tolerance is too large.": [
            *(0.05, 0.3, 0.4, 0.1, 0.1, 0.5, 0.4)
        ],
    },
    hint="All scores in one list; itertools.combinations(scores, len(remedied)); the mean of each; the share.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="chance" points=1
for case in range(4):
    n, m = random.integers(2, 5, size=2)
    remedied = [round(float(score), 1) for score in random.normal(9, 2, size=m)]
    plain = [round(float(score), 1) for score in random.normal(10, 2, size=n)]
    # The same score again, which makes ties, and one beside it, which makes none.
    plain += [*(remedied[:1] * case), remedied[0] + 0.006]
    publish(**{f"chance_{case}": chance(plain, remedied)})
unit = 2.0 ** int(random.integers(1, 7))  # a power of 2 keeps the last digits as they are
plain = [0.1 * unit, *(float(score) for score in unit * random.uniform(0, 0.6, size=4))]
publish(chance_4=chance(plain, [0.3 * unit, 0.2 * unit, 0.1 * unit]))

# %% [markdown]
# With three seeds against three the smallest possible answer is $1/20$: one way of 20. So a single row with 0.05 is
# the best evidence this table can give, and where eleven rows are compared with the plain one, luck alone gets some row
# there about one time in four: the cell below draws such tables. (If each row had plain runs of its own to be compared
# with, it would be two times in five, $1 - (19/20)^{11}$. Ours share the same three, and where these happen to be good
# no row beats them.) More seeds would tell more, and cost as much more. For our rows:

# %% role="spoiler"
plain = column("plain", "frechet_distance").tolist()
for name in by_score:
    scores = column(name, "frechet_distance").tolist()
    lower = checked_chance(plain, scores)
    higher = checked_chance([-score for score in plain], [-score for score in scores])
    print(
        f"{name:22} {np.mean(scores) - np.mean(plain):+6.2f}   "
        f"chance of as low {lower:.2f}, of as high {higher:.2f}"
    )

# %%
# Nothing but luck: plain and eleven rows, three runs each.
tables = np.random.default_rng(0).normal(size=(100_000, 12, 3))
# All of a row's runs below all plain ones: 0.05.
below = tables[:, 1:].max(axis=2) < tables[:, :1].min(axis=2)
print(f"one row alone gets there in a share of {below[:, 0].mean():.3f}")
print(f"some row of eleven, with plain runs shared: {below.any(axis=1).mean():.3f}", end="")
print(f", with plain runs of its own each: {1 - (19 / 20) ** 11:.3f}")

# %% [markdown]
# ## Train a row yourself
# Choose a row and train it with a seed that is not in the table. (Without a running kernel you see no selector; the
# choice is then minibatch deviation.)

# %%
import ipywidgets
from IPython.display import display

selector = ipywidgets.Dropdown(options=names, value="minibatch_deviation", description="row")
display(selector)

# %% [markdown]
# **Predict first.** Where will the dot of your row land?

# %% role="spoiler"
from course_lib.scores import metrics
from course_lib.training.loop import train

MY_SEED = 3
row = selector.value
print(
    f"{row}: {'; '.join(remedies.REMEDIES[name] for name in remedies.ROWS[row]) or 'nothing'}"
)
gan = remedies.dcgan(*remedies.ROWS[row], seed=MY_SEED)
train(gan, garments.images_train, remedies.BATCH_SIZE, steps=last[row], seed=MY_SEED)
mine = metrics.frechet_score(gan.sample(5000, seed=1))
print(f"Fréchet distance {mine:.2f}; in the table {np.sort(column(row, 'frechet_distance'))}")

# %% role="spoiler" fold="Draw my run among the others"
figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6), width_ratios=(1.3, 1))
draw_table(left)
left.plot(
    mine, by_score.index(row), "*", color=plots.COLOURS["fake"], markersize=13, label="my run"
)
left.set_title("My run among the others")
left.legend(loc="upper right")
right.imshow(plots.tile(gan.sample(48, seed=5), columns=8), cmap="gray", vmin=0, vmax=255)
right.set_title(f"Drawn after {gan.step} steps")
right.set_axis_off()
plots.show(
    figure,
    alt="Left the table of marks again, with a star for the run just made in its row. Right 48 garments it draws: "
    "pullovers, dresses, trousers and shoes, most of them to be recognised.",
)

# %% [markdown]
# A fourth seed beside three others: if it lies outside their range, you have seen how little three seeds know. Try
# other rows, or a mixture of your own, such as `remedies.dcgan("averaging", "minibatch_deviation", seed=3)`: the names
# are the keys of `remedies.REMEDIES`.

# %% [markdown]
# ## Steering: draw what I ask for
# So far the noise decides what is drawn. A **conditional** GAN takes the class as a second input (Mirza and Osindero,
# 2014), and D is told which class the picture is meant to be. G learns a vector for each class and lays it beside $z$.
# For D there is a good way (Miyato and Koyama, 2018). The best logit for pictures with labels falls into two parts,
#
# $$ l^*(x, y) = \log\frac{p_{data}(x, y)}{p_g(x, y)}
#  = \underbrace{\log\frac{p_{data}(x)}{p_g(x)}}_{\text{is it a garment?}}
#  + \underbrace{\log\frac{p_{data}(y \mid x)}{p_g(y \mid x)}}_{\text{is it the one asked for?}} , $$
#
# and if both conditional probabilities come from a softmax over features $f(x)$, the second part is a product with a
# learned vector $e_y$ for the class (plus something that the first part can take over). So **projection**:
# $l(x, y) = h(f(x)) + e_y^\top f(x)$. Our discriminator does this when it is given `classes=10`. G's class input you
# build yourself.
#
# ## Exercise 8: the class input
# Write `steered(body, classes, latent_size)`. `body` is a Keras generator without classes, which takes vectors of
# shape (batch, latent_size + m). Return a functional model, `keras.Model([z, labels], ...)`, that takes the list `[z,
# labels]`, of shapes (batch, latent_size) and (batch,), the labels whole numbers from 0 to `classes` - 1:
#
# - a learned table has one vector of $m$ numbers for each class, which at the start are drawn from N(0, 1), so that a
#   class says as much as the noise does;
# - the label's vector is laid behind $z$, and the two together go into `body`.
#
# `layers.Embedding` is a table whose rows are looked up and learned; its `embeddings_initializer` says where they
# begin. An `Input` for labels has the shape `()` and the type "int32".


# %% role="exercise" grade_id="steered"
# Exercise 8
def steered(body, classes, latent_size):
    """A generator of [z (batch, latent_size), labels (batch,)], made from one without classes."""
    ### BEGIN SOLUTION
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    table = layers.Embedding(
        classes,
        body.input_shape[-1] - latent_size,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0),
    )
    return keras.Model([z, labels], body(layers.Concatenate()([z, table(labels)])))
    ### END SOLUTION


# %% role="check" grade_id="steered"


def draws_what_is_asked(steered):
    draw = np.random.default_rng(3)

    def made(classes, latent_size, width):
        body = keras.Sequential(
            [
                keras.Input((latent_size + width,)),
                layers.Dense(6, activation="tanh"),
                layers.Dense(3),
            ]
        )
        return body, steered(body, classes, latent_size)

    for classes, latent_size, width in ((4, 3, 5), (3, 6, 2)):
        body, model = made(classes, latent_size, width)
        if not isinstance(model, keras.Model):
            return f"Return a keras.Model, not a {type(model).__name__}."
        inputs = getattr(model, "inputs", None) or []
        if len(inputs) != 2 or inputs[0].shape[-1] != latent_size:
            return "Make it a functional model of two inputs, the latents first: keras.Model([z, labels], ...)."
        inside = {id(w) for w in body.trainable_variables}
        own = [w for w in model.trainable_variables if id(w) not in inside]
        if not inside <= {id(w) for w in model.trainable_variables}:
            return "The weights of `body` are not all among those the model learns: call `body` itself on the two."
        if [tuple(w.shape) for w in own] != [(classes, width)]:
            return (
                f"Beside `body` the model should learn one table of shape ({classes}, {width}), a row for each class; "
                f"it learns {[tuple(w.shape) for w in own] or 'nothing'}."
            )
        own[0].assign(draw.normal(size=(classes, width)))
        z = draw.normal(size=(8, latent_size)).astype("float32")
        labels = np.arange(8, dtype="int32") % classes
        vectors = own[0].numpy()[labels]
        seen = np.asarray(model([tf.constant(z), tf.constant(labels)], training=True))
        if seen.shape != (8, 3):
            return f"For 8 latents and 8 labels, (8,), it gives the shape {seen.shape} where `body` gives (8, 3)."
        if not np.allclose(seen, body(np.concatenate([z, vectors], axis=1)), atol=1e-4):
            if np.allclose(seen, body(np.concatenate([vectors, z], axis=1)), atol=1e-4):
                return "Lay the class's vector *behind* z: yours comes first."
            return "What goes into `body` should be z and, behind it, the table's row for the label."
        copy = keras.models.clone_model(model)  # as averaging does
        copy.set_weights(model.get_weights())
        if not np.allclose(copy([z, labels]), seen, atol=1e-4):
            return (
                "A copy with the same weights, as averaging makes one, draws something else."
            )
    body, model = made(10, 4, 60)
    inside = {id(w) for w in body.trainable_variables}
    spread = next(w for w in model.trainable_variables if id(w) not in inside).numpy().std()
    if not 0.85 < spread < 1.15:
        return (
            f"At the start the numbers of the table have a standard deviation of {spread:.2g}, where that of the noise "
            "is 1. See `embeddings_initializer`, and keras.initializers.RandomNormal."
        )
    return None


checked_steered = check_that(8, "steered", draws_what_is_asked, otherwise=OUR_ANSWER)

# %% role="graded" grade_id="steered" points=2 tolerance=1e-4
for case in range(2):
    classes, latent_size, width, pixels = (int(n) for n in random.integers(3, 8, size=4))
    body = keras.Sequential(
        [keras.Input((latent_size + width,)), layers.Dense(pixels, activation="tanh")]
    )
    body.set_weights([random.normal(size=w.shape) / 2 for w in body.get_weights()])
    model = steered(body, classes, latent_size)
    inside = {id(w) for w in body.trainable_variables}
    (table,) = [w for w in model.trainable_variables if id(w) not in inside]
    table.assign(random.normal(size=(classes, width)))
    z = tf.constant(random.normal(size=(9, latent_size)), "float32")
    labels = tf.constant(random.integers(0, classes, size=9), "int32")
    with tf.GradientTape() as tape:
        drawn = model([z, labels])
        loss = tf.reduce_sum(drawn**2)
    (push,) = tape.gradient(loss, [table.value])
    publish(
        **{f"drawn_{case}": drawn.numpy(), f"push_{case}": tf.convert_to_tensor(push).numpy()}
    )
body = keras.Sequential([keras.Input((96,)), layers.Dense(2)])
model, inside = steered(body, 20, 16), {id(w) for w in body.trainable_variables}
(table,) = [w for w in model.trainable_variables if id(w) not in inside]
publish(as_large_as_noise=bool(0.9 < np.std(table) < 1.1))  # 1,600 numbers: 1 to within 0.02

# %% [markdown]
# Your class input goes into the GAN of the rest of this lesson. For D a check: between two labels the logit must
# differ by $(e_y - e_{y'})^\top f(x)$ and nothing else. (float32: we ask for four digits.)

# %%
from course_lib.models.gan import GAN


def new_conditional():
    """A GAN with ten classes, before its first step: G takes its class as you wrote it."""
    keras.utils.set_random_seed(0)
    gan = GAN(
        checked_steered(
            networks.dcgan_generator(latent_size=2 * 64, width=16, refine=True), 10, 64
        ),
        networks.dcgan_discriminator(
            width=16, hidden=128, minibatch_deviation=True, classes=10
        ),
        averaging=0.998,
        classes=10,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1.2e-3, 0.5, 0.99),
        discriminator_optimizer=keras.optimizers.Adam(6e-4, 0.5, 0.99),
        steps_per_execution=10,
    )
    return gan


mixed = new_conditional()
D, images = mixed.discriminator, garments.images_train[:16]
product = next(layer for layer in D.layers if isinstance(layer, keras.layers.Dot))
embedding = next(layer for layer in D.layers if isinstance(layer, keras.layers.Embedding))
f = keras.Model(D.inputs[0], product.input[0])(images).numpy()
e = embedding.embeddings.numpy()

by_hand = f @ (e[1] - e[3])
difference = (D([images, np.full(16, 1)]) - D([images, np.full(16, 3)])).numpy()[:, 0]
error = np.abs(difference - by_hand).max() / np.abs(by_hand).max()
print(f"largest error: {error:.1e} of the largest difference")
assert error < 1e-4

# %% [markdown]
# Now train it for 800 steps, and let it draw: one class a row, one latent a column.


# %%
STEPS = 800


def show_classes(gan, title, alt):
    """Ten rows of ten pictures: a class a row, a latent a column."""
    z = np.random.default_rng(4).standard_normal((10, 64))
    grid = gan.sample(latents=np.tile(z, (10, 1)), labels=np.repeat(np.arange(10), 10))
    figure, axes = plt.subplots(figsize=(5.4, 5.0))
    # 16 greys are enough, and keep the notebook small.
    axes.imshow(plots.tile(grid, columns=10) // 16 * 17, cmap="gray", interpolation="nearest")
    axes.set_yticks(np.arange(10) * 30 + 14, garments.class_names)
    axes.set(title=title, xlabel="one latent a column", xticks=[])
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    plots.show(figure, alt)


train(mixed, garments.images_train, 32, steps=STEPS, labels=garments.labels_train)
show_classes(
    mixed,
    "Ten classes, a first try",
    alt="Ten rows of ten garments, each row of the class asked for. In every row the ten pictures are all but the "
    "same: one T-shirt ten times, one pair of trousers ten times, and so on.",
)

# %% [markdown]
# It obeys. But look along the rows: the latent no longer matters. This is mode collapse, class by class. We measure
# both. *Obedience*: what share of 2,000 pictures does the classifier behind the scores name as asked? *Variety*: how
# far apart are two pictures of the same class (`metrics.diversity`), compared with real ones? And what does the number
# of your own from exercise 6 say?

# %%
from course_lib.scores import features

classifier = features.load("fashion_mnist")
asked = np.repeat(np.arange(10), 200)


def variety_within(images, labels):
    """The mean distance of two pictures of one class, averaged over the classes."""
    return np.mean([metrics.diversity(images[labels == k][:100]) for k in range(10)])


def measure_classes(name, images, labels):
    right = np.mean(classifier.classes(images) == labels)
    spread = variety_within(images, labels)
    score = metrics.frechet_score(images)
    yours = np.mean([checked_variety(images[labels == k][:100, ..., 0]) for k in range(10)])
    print(
        f"{name:15} named as asked {right:4.0%}, variety {spread:.2f}, Fréchet distance {score:5.1f}, "
        f"your number {yours:.3g}"
    )


measure_classes("real pictures", garments.images_test[:2000], garments.labels_test[:2000])
measure_classes("first try", mixed.sample(2000, seed=6, labels=asked), asked)

# %% [markdown]
# The classifier names its pictures about as reliably as real ones, since it draws the one coat that is most coat of
# all. A measure of obedience alone would call this a success. Variety and the Fréchet distance are not deceived.
#
# But D had a minibatch deviation, which should have seen it? It sees groups of eight pictures that follow each other
# in the batch, and these are of all classes: a T-shirt differs from a boot, so the deviation is large, even if every
# class has a single picture. The remedy was given to the wrong group. So **sort each batch by class** before it goes
# to D: then neighbours are mostly of one class, and their deviation says what we want to know. Nothing else is
# changed.


# %%
def by_class(images, labels):
    order = tf.argsort(labels, stable=True)
    return tf.gather(images, order), tf.gather(labels, order)


conditional = new_conditional()
batches = datasets.batches(garments.images_train, 32, labels=garments.labels_train).map(
    by_class
)
conditional.fit(batches.take(STEPS), steps_per_epoch=STEPS, shuffle=False, verbose=0)
show_classes(
    conditional,
    "Ten classes, batches sorted by class",
    alt="Ten rows of ten garments, each row of the class asked for, and now the pictures of a row differ: T-shirts of "
    "several cuts, wide and narrow trousers, shoes with and without a heel. Some have holes or frayed edges.",
)
obedient = conditional.sample(2000, seed=6, labels=asked)
measure_classes("sorted batches", obedient, asked)

seen = classifier.classes(obedient)
print()
for label, name in enumerate(garments.class_names):
    counts = np.bincount(seen[asked == label], minlength=10)
    right, counts[label] = counts[label], 0
    other = (
        f"most often taken for {garments.class_names[counts.argmax()]}" if counts.any() else ""
    )
    print(f"{name:12} {right / 200:4.0%} as asked  {other}")

# %% [markdown]
# It costs some obedience, and what it buys is variety, and a smaller Fréchet distance (in our run less than half).
# What the classifier mixes up most is what people mix up as well: shirts, coats, pullovers. With 1,200 steps instead
# of 800 obedience rose to 85 % in our run: try it.

# %% [markdown]
# ### Play: one latent, ten classes
# Now ask for garments yourself (with a running kernel). The sliders go along the main directions of $G$'s latents
# (lesson 6), the menu sets the class. First say what you expect, then try:
#
# 1. Choose *Trouser* and note what direction 1 does. Will it do the like to an *Ankle boot*?
# 2. Keep the latent and go through all ten classes. What stays, when the garment becomes another?
# 3. In the map, how much of a picture does the latent still decide? Compare with `LatentExplorer(mixed.sampler,
#    garments.class_names).show()`, the generator that collapsed.

# %%
from course_lib.panels.latent_explorer import LatentExplorer

LatentExplorer(conditional.sampler, garments.class_names).show()

# %% [markdown]
# ## Few pictures
# The course's emoji are 1,372 pictures of 32 x 32 pixels, in colour. Every tenth is held out, which leaves 1,235 for
# training: after 39 batches of 32, D has seen them all. Does it learn them by heart? One can ask it. The script kept
# for every run what D says on average to 128 pictures it trains on, to 128 held-out ones it has never seen, and to 128
# fakes. As long as the first two agree, D judges what emoji look like. When they part, it recognises old
# acquaintances, and its advice to G is worth less and less. (A D that is used to augmented pictures was asked about
# augmented ones.)
#
# Each run got as many steps as 60 processor seconds buy, and augmentation makes a step a little dearer: with all 1,235
# pictures (66 times through them all without augmentation, 61 with it) and with only 128 (640 and 585 times), three
# seeds each. The score is the kernel distance of
# 1,000 samples from the held-out pictures, in the features of a small classifier of emoji groups (lesson 7). Real
# pictures score 0, give or take 0.02. Below, each thin line is one seed, and a band reaches from the lowest seed to the
# highest.

# %% fold="Draw what became of the GANs of few emoji"
looks = [
    {key: value if key == "row" else float(value) for key, value in row.items()}
    for row in read_table("emoji_augmentation.csv")
]


def emoji_curves(name, what):
    """The numbers of each seed at each look, shape (seeds, looks)."""
    rows = [row for row in looks if row["row"] == name]
    seeds = sorted({row["seed"] for row in rows})
    return np.array([[row[what] for row in rows if row["seed"] == seed] for seed in seeds])


kinds = {
    "128 training pictures": ("train_logit", "real", "-"),
    "128 held-out pictures": ("held_out_logit", "neutral", "--"),
    "128 fakes": ("fake_logit", "fake", ":"),
}
figure, panels = plt.subplots(2, 3, figsize=(10.2, 6.0), sharex=True)
for panel_row, (count, prefix) in zip(panels, (("1,235", ""), ("128", "few_")), strict=True):
    score_panel = panel_row[0]
    for setting, role, style in (("without", "fake", "--"), ("with", "generator", "-")):
        seconds = emoji_curves(prefix + setting, "processor_seconds").mean(axis=0)
        for run_scores in emoji_curves(prefix + setting, "kernel_distance"):
            score_panel.loglog(
                seconds,
                np.maximum(run_scores, 0.01),
                style,
                color=plots.COLOURS[role],
                linewidth=1.2,
            )
        score_panel.plot(
            [], [], style, color=plots.COLOURS[role], label=f"{setting} augmentation"
        )
    score_panel.set(title=f"{count} pictures: score", ylabel="kernel distance")
    score_panel.legend()
    for axes, setting in zip(panel_row[1:], ("without", "with"), strict=True):
        for label, (what, role, style) in kinds.items():
            curves = emoji_curves(prefix + setting, what)
            seconds = emoji_curves(prefix + setting, "processor_seconds").mean(axis=0)
            colour = plots.COLOURS[role]
            axes.plot(seconds, curves.mean(axis=0), style, color=colour, label=label)
            axes.fill_between(
                seconds, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.15, lw=0
            )
        axes.set(title=f"{count}, {setting}: what D says", ylabel="mean logit", ylim=(-8, 6))
for axes in panels[1]:
    axes.set_xlabel("processor seconds")
    axes.set_xticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    axes.set_xticks([], minor=True)
panels[0, 1].legend(loc="lower right")
plots.show(
    figure,
    alt="Six panels over processor seconds. With 1,235 pictures the kernel distance falls faster without augmentation; "
    "D's logits for training and held-out pictures agree but for the last look without augmentation. With 128 pictures "
    "and without augmentation the distance falls and then rises again, while D's logit for training pictures climbs "
    "and that for held-out pictures falls far below that for fakes; with augmentation the distance keeps falling and "
    "the three logits stay near 0.",
)
print("                      kernel distance          training minus held-out logit")
for name in ("without", "with", "few_without", "few_with"):
    score = emoji_curves(name, "kernel_distance")[:, -1]
    gap = (emoji_curves(name, "train_logit") - emoji_curves(name, "held_out_logit"))[:, -1]
    print(
        f"{name:14} {score.mean():8.3f} ({score.min():6.3f} to {score.max():6.3f})"
        f" {gap.mean():12.2f} ({gap.min():5.2f} to {gap.max():5.2f})"
    )
print()
for name in ("without", "with", "few_without", "few_with"):
    pictures = 128 if name.startswith("few") else len(emoji.images_train)
    times = emoji_curves(name, "step")[0, -1] * 32 / pictures
    print(f"{name:14} goes {times:.0f} times through its {pictures:,} pictures")

# %% [markdown]
# Two stories in six panels.
#
# - **1,235 pictures.** Augmentation does not help. It makes D's task harder, and within this minute the plain training
#   is ahead, with every seed. But see the middle panel: at its right end the blue line parts from the dashed one. D
#   begins to recognise what it has seen 66 times.
# - **128 pictures.** Here is what that leads to. After some 20 seconds D knows its 128 by heart, and takes held-out
#   emoji for fakes, more surely than the fakes themselves. Its advice is worth nothing any more: the plain score stops
#   falling, and turns round. With augmentation the three lines stay together to the end, and the score goes on
#   falling. At the end the two scores are about equal, with different prospects; the pictures at the top of this
#   lesson differ more than the scores do.
#
# So augmentation is no accelerator. It is an insurance, paid for in speed, and it pays out when a training is long for
# the number of its pictures. To *stop* the plain training in time would have been as good here. When that time has
# come you can see without any score: hold a few pictures back, and ask D.

# %% [markdown]
# ## What we saw
# - Spectral normalisation and gradient penalties limit how steep D is. Power iteration finds the norm, one round a
#   step; for a convolution it is a bound up to a factor, not the norm itself.
# - Two learning rates do not stop a circle; a penalty does, and then a faster D helps up to a point. Averaging
#   shrinks a circle by a factor one can predict, and takes no part in training.
# - Augmentation must reach real and fake alike, in both losses, and let gradients pass. Minibatch deviation
#   lets D see sameness, if the group it looks at is the right one.
# - On equal compute a healthy small GAN gained nothing certain from any remedy, and lost for certain by four of the
#   nine. Its learning rate had been chosen for it, and the remedies were not tuned. With three seeds, small
#   differences mean nothing.
# - A conditional GAN draws what it is asked for. That it obeys does not mean that it varies: measure both.
# - With few pictures D learns them by heart. Held-out pictures show it before the score does.
#
# ## Quiz
#
# <details><summary>1. All three layers of a discriminator have spectral norm 1, its activations are LeakyReLU. By how
# much can the logits of two pictures at distance 2 differ?</summary>
# By 2, if the layers are dense: the largest stretches multiply to 1. For convolutions the norm of the kernel as a
# matrix is not that of the convolution; with kernel 4 and stride 2 each may stretch twice as much.</details>
#
# <details><summary>2. A colleague gives D twice the learning rate of G, without any penalty, and is surprised that the
# Dirac-GAN still circles. What do you say?</summary>
# Without a penalty J has the trace 0, so both eigenvalues are imaginary for every pair of rates. Two time scales help
# if D by itself settles; give it a penalty such as R1.</details>
#
# <details><summary>3. Samples of the averaged generator look better than those of the generator itself. Did averaging
# make the training better?</summary>
# No. The copy takes no part in it: the same seed gives the same losses, step by step, with and without. It changes
# what you draw with.</details>
#
# <details><summary>4. Somebody augments the real pictures only, by shifts, before they come to D. What will the
# generator draw?</summary>
# Shifted pictures: for D the shifted ones are what real looks like. Real and fake must pass through changes drawn in
# the same way, and the gradient must come back through them.</details>
#
# <details><summary>5. A paper compares a new penalty with a plain GAN, 100,000 steps each, one seed. The score goes
# from 12.1 to 11.6. What do you ask?</summary>
# How long a step takes with the penalty: in the same time the plain GAN may get half as many steps again. And what
# other seeds give: with a spread like that of our table, 0.5 is nothing.</details>
#
# ## Where next
# With this lesson part one of the course is complete: from the definition of a divergence to a GAN that is measured,
# mended, tamed and steered. Take what you have for a walk: `python3 -m course_lib train --seconds 600` trains the
# course's recipe, `python3 data/make_ablation.py --help` tells how to add a row of your own to the table. If something
# breaks on the way, the page of symptoms in lesson 8 is the place to look.
#
# ## References
# - T. Miyato, T. Kataoka, M. Koyama, Y. Yoshida, *Spectral normalization for generative adversarial networks*, ICLR
#   2018. Section 2 for the idea, appendix A for power iteration.
# - I. Gulrajani, F. Ahmed, M. Arjovsky, V. Dumoulin, A. Courville, *Improved training of Wasserstein GANs*, NeurIPS
#   2017. Section 4: the penalty, and why no batch norm in the critic; algorithm 1: the five critic steps.
# - H. Petzka, A. Fischer, D. Lukovnikov, *On the regularization of Wasserstein GANs*, ICLR 2018. The one-sided penalty
#   of exercise 2.
# - L. Mescheder, A. Geiger, S. Nowozin, *Which training methods for GANs do actually converge?*, ICML 2018. Sections 2
#   and 3: the Dirac-GAN and its eigenvalues; section 4: R1.
# - M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter, *GANs trained by a two time-scale update rule
#   converge to a local Nash equilibrium*, NeurIPS 2017. Section 2; the paper also introduced the Fréchet distance.
# - Y. Yazici, C.-S. Foo, S. Winkler, K.-H. Yap, G. Piliouras, V. Chandrasekhar, *The unusual effectiveness of
#   averaging in GAN training*, ICLR 2019. Section 3, and the pictures of what averaging removes.
# - S. Zhao, Z. Liu, J. Lin, J.-Y. Zhu, S. Han, *Differentiable augmentation for data-efficient GAN training*, NeurIPS
#   2020. Figures 1 to 4 are the story of our emoji on larger data.
# - T. Karras, M. Aittala, J. Hellsten, S. Laine, J. Lehtinen, T. Aila, *Training generative adversarial networks with
#   limited data*, NeurIPS 2020. Section 2.2: which augmentations leak, and why.
# - T. Karras, T. Aila, S. Laine, J. Lehtinen, *Progressive growing of GANs for improved quality, stability, and
#   variation*, ICLR 2018. Section 3: minibatch standard deviation.
# - Q. Mao, H.-Y. Lee, H.-Y. Tseng, S. Ma, M.-H. Yang, *Mode seeking generative adversarial networks for diverse image
#   synthesis*, CVPR 2019. Section 3.2: the ratio.
# - M. Lucic, K. Kurach, M. Michalski, S. Gelly, O. Bousquet, *Are GANs created equal? A large-scale study*, NeurIPS
#   2018 (arXiv:1711.10337). What is left of the differences when every GAN gets the same search.
# - K. Kurach, M. Lucic, X. Zhai, M. Michalski, S. Gelly, *A large-scale study on regularization and normalization in
#   GANs*, ICML 2019 (arXiv:1807.04720). Losses, penalties and normalisations, compared alike.
# - M. Mirza, S. Osindero, *Conditional generative adversarial nets*, 2014 (arXiv:1411.1784). Section 3.2.
# - T. Miyato, M. Koyama, *cGANs with projection discriminator*, ICLR 2018. Section 3: where the inner product comes
#   from.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** The time under the title is for working alone. In class, two sittings: up to the good place to stop with
# exercises 1 to 4, then the rest with 5, 7 and 8. Exercise 6 makes a good homework. With 50 minutes: spectral
# normalisation with exercise 1, then the table with exercise 7, then the conditional GAN with exercise 8.
#
# **The tables** come from `data/make_ablation.py`, some 25 minutes of processor time in all, which can be stopped and
# taken up again. Let each group add a row: a name and a tuple in `remedies.ROWS`, a number in `STEPS` from
# `--costs`.
#
# **Usual misconceptions.**
#
# - "The best row of the table is the best remedy." It is the best for this small network, for 15 seconds, on 60,000
#   garments. The emoji show the opposite ranking of augmentation.
# - "Averaging stabilises training." It does not touch training. Ask for the losses with and without.
# - "Spectral norm 1 makes D 1-Lipschitz." Not with convolutions and the kernel as a matrix. It bounds D all the same.
# - "D must learn faster; the theory says so." The theory is about a limit, and near an equilibrium. Let them find the
#   peak of the curve after exercise 3.
# - In exercise 4 many take 1/period for omega.
# - In exercise 5 many leave T out of L_G: "G is to draw unchanged pictures". It learns that only if its fakes come to
#   the same D in the same clothes.
# - In exercise 7 many forget that the true choice is one of the ways.
#
# **Ask.**
#
# - "Which number of the table would you bet on to come out the same next year on another machine?" (The order of the
#   extremes. Steps and scores belong together, but floating-point sums differ between chips, and a GAN magnifies
#   that.)
# - "Why are precision and recall in the table, too?" (A remedy against sameness should show in recall first.)
# - "What would D's logits on held-out pictures look like with a million emoji?" (Like those on training pictures.)
