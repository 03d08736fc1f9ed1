# %% [markdown]
# # 5. Convolutions that grow
# A generator begins with a handful of random numbers and ends with a picture. Half-way it has a tiny picture of
# many channels, 6 x 6 perhaps, and from there on it *grows*: 12, 24, 48 pixels. In this lesson you take apart the
# layers that make pictures grow, down to a matrix you can write on a sheet of paper. You find out where the
# chequered pattern comes from that has spoilt so many generated pictures, what cures it, and what is only said to.
#
# **You will be able to**
#
# - say how many pixels come out of any stack of layers, and design a stack for the size you need;
# - write a transposed convolution as a matrix, and say what it is the transpose of;
# - predict the checkerboard of a kernel and a stride, and choose between its cures;
# - say which pixels a unit sees, and which a pixel of the small picture can paint;
# - tell what batch normalisation does in training from what it does later, and avoid the trap between the two.
#
# **Time:** {minutes} minutes, seven exercises included. All cells together run in under a minute. **Assumed:** a
# first Keras course (what a convolution layer is and that `fit` trains it), NumPy, matrix times vector, variance.
# Nothing about how GANs are trained.
#
# **Notation.** Generator $G(z; \theta)$, discriminator $D(x; \phi)$; a *latent* is one draw of the noise $z$. A
# signal of $n$ pixels (or a picture with sides of $n$), a kernel $w$ of $k$ numbers $w_0, \dots, w_{k-1}$, a stride
# $s$; a prime marks what comes out, so $n$ pixels become $n'$. Pictures have the shape (batch, height, width,
# channels).

# %% role="setup"
import numpy as np

from course_lib.checks import check, check_that
from course_lib.theory.convolutions import repeating_share

# %% [markdown]
# ## Where we are going
# Three generators nobody has trained. Each begins with 6 x 6 pixels of noise in 16 channels, doubles the sides
# three times with random weights, and ends at 48 x 48. They differ in the layer that doubles, and in nothing else.
# At the end of this lesson you can say of each why it looks as it does, and by how much.

# %%
import matplotlib.pyplot as plt

from course_lib import plots
from course_lib.theory.convolutions import convolution, nearest, transposed_convolution

plots.use_course_style()


def relu(a):
    return np.maximum(a, 0)


def stamp(size):
    """A transposed convolution with size x size random weights and stride 2."""

    def layer(signal, channels, random):
        kernel = random.normal(size=(size, size, channels, signal.shape[-1]))
        return transposed_convolution(signal, kernel, stride=2)

    return layer


def resize_and_convolve(signal, channels, random):
    """Every pixel becomes four equal ones; then an ordinary 3 x 3 convolution."""
    return convolution(
        nearest(signal, 2), random.normal(size=(3, 3, signal.shape[-1], channels))
    )


def untrained_pictures(enlarge, seed, count):
    """One random network's pictures from `count` latents, shape (count, 48, 48)."""
    random = np.random.default_rng(seed)
    signal = relu(random.normal(size=(count, 6, 6, 16)))
    for channels in (16, 16, 1):
        signal = enlarge(signal, channels, random)
        signal = (signal - signal.mean(axis=(0, 1, 2))) / signal.std(axis=(0, 1, 2))
        signal = relu(signal) if channels > 1 else np.tanh(signal)
    return signal[..., 0]


layers_that_double = {
    "transposed, 5 x 5": stamp(5),
    "transposed, 4 x 4": stamp(4),
    "resize, then 3 x 3": resize_and_convolve,
}
repeated = {}
for name, enlarge in layers_that_double.items():
    many = np.concatenate([untrained_pictures(enlarge, seed, count=8) for seed in range(20)])
    repeated[name] = repeating_share(many, period=2)

# %% fold="Draw a picture by each generator, and the mean of 150"
figure, panels = plt.subplots(2, 3, figsize=(9, 6.7))
for (above, below), (name, enlarge) in zip(panels.T, layers_that_double.items(), strict=True):
    pictures = untrained_pictures(enlarge, seed=1, count=150)
    above.imshow(pictures[0], cmap="gray", vmin=-1, vmax=1)
    above.set(title=f"{name}\n{repeated[name]:.0%} repeats every 2 pixels")
    below.imshow(pictures.mean(axis=0), cmap="gray", vmin=-0.6, vmax=0.6)
    below.set(title="its mean over 150 latents", xlabel="column")
    for axes in (above, below):
        axes.set(xticks=range(0, 48, 12), yticks=range(0, 48, 12))
        axes.grid(False)
for axes in panels[:, 0]:
    axes.set_ylabel("row")
plots.show(
    figure,
    alt="Above, one grey picture from each of three untrained generators; below, the mean of 150 pictures of each. "
    "With transposed convolutions, of five or of four pixels, the mean is a regular grid all over the picture. With "
    "resizing and an ordinary convolution there are soft clouds, and their mean is a nearly even grey but for the "
    "borders.",
)

# %% [markdown]
# Other latents, other pictures; but each of the first two generators lays the same grid over all that it draws, and
# the mean over many latents lays it bare. The percentage says how much of the pixels' variance is one and the same
# 2 x 2 tile, repeated over the picture, on average over 20 random generators of each kind. Note that it is *no
# smaller* for the 4 x 4 kernel than for the 5 x 5 one, although you may have read that 4 x 4 with stride 2 is free
# of checkerboards. Both are true, in a way we shall pin down.
#
# ## How many pixels?
# ### Shrinking
# Lay a kernel of $k$ numbers on a signal of $n$ pixels, its left end on pixel 0, then on pixel $s$, on $2s$, and so
# on. At place $i$ it covers the pixels $s i$ to $s i + k - 1$, and this must not go beyond the last pixel, $n - 1$.
# So $i \le (n - k)/s$, and counting $i = 0$ too, we get without padding (`padding="valid"`)
#
# $$ n' = \left\lfloor \frac{n - k}{s} \right\rfloor + 1 . $$
#
# With `padding="same"` Keras wants $n' = \lceil n / s \rceil$, whatever the kernel. For that many places it needs
# $(n' - 1) s + k$ pixels and adds the missing ones as zeros:
#
# $$ n' = \left\lceil \frac{n}{s} \right\rceil, \qquad P = \max\big( (n' - 1)\, s + k - n,\; 0 \big), $$
#
# $\lfloor P/2 \rfloor$ of them on the left, the rest on the right. (With an odd $P$ the right side gets one more.
# PyTorch pads both sides equally, so copied weights may see the picture shifted by one pixel.)
#
# ### Growing
# A **transposed convolution** goes the other way: each pixel of the small signal puts down a *stamp*, the kernel
# times the pixel's value, and each stamp lies $s$ pixels further than the last one. Where stamps overlap they add
# up. The last of $n$ stamps begins at $(n - 1) s$ and is $k$ long. So for $k \ge s$
#
# $$ n' = (n - 1)\, s + k \quad \text{("valid")}, \qquad n' = n s \quad \text{("same")}. $$
#
# For "same" the $P = k - s$ pixels too many are cut off, $\lfloor P/2 \rfloor$ of them on the left.
#
# The cell counts places and stamps one by one, compares with the formulas, and then asks Keras.


# %% tags=["nbval-check-output"]
def side_after(n, k, s, padding, transposed=False):
    """The formulas above."""
    if transposed:
        return n * s if padding == "same" else (n - 1) * s + k
    return -(-n // s) if padding == "same" else (n - k) // s + 1  # -(-n // s) rounds up


def count_places(n, k, s, padding):
    """Try every place; with "same", first add the zeros."""
    if padding == "same":
        n += max((int(np.ceil(n / s)) - 1) * s + k - n, 0)
    return sum(1 for start in range(0, n, s) if start + k <= n)


def count_stamped_pixels(n, k, s, padding):
    stamped = {s * i + j for i in range(n) for j in range(k)}
    return len(stamped) - (k - s if padding == "same" else 0)


cases = [
    (n, k, s, padding)
    for n in (6, 7, 8, 9, 15, 16, 28)
    for s in (1, 2, 3)
    for k in range(s, 7)
    for padding in ("valid", "same")
]
for case in cases:
    assert side_after(*case) == count_places(*case)
    assert side_after(*case, transposed=True) == count_stamped_pixels(*case)
print(f"{len(cases)} cases: the formulas give what counting gives")

# %% tags=["nbval-check-output"]
import keras  # brings in TensorFlow, which takes some seconds
from keras import layers

for n, k, s, padding in cases:
    shrinking = layers.Conv1D(1, k, strides=s, padding=padding)
    growing = layers.Conv1DTranspose(1, k, strides=s, padding=padding)
    seen = [layer.compute_output_shape((1, n, 1))[1] for layer in (shrinking, growing)]
    assert seen == [
        side_after(n, k, s, padding),
        side_after(n, k, s, padding, transposed=True),
    ]
print(f"{len(cases)} cases: and what Keras gives")

# %% [markdown]
# **Predict first.** A picture of 28 x 28 is halved three times, and then doubled three times, always with "same".
# Which side comes out?

# %% role="spoiler"
sides = [28]
for _ in range(3):
    sides.append(side_after(sides[-1], 4, 2, "same"))
for _ in range(3):
    sides.append(side_after(sides[-1], 4, 2, "same", transposed=True))
print(" -> ".join(map(str, sides)))

# %% [markdown]
# Not 28. Both 7 and 8 pixels are halved to 4, so no layer can know which of them to come back to: shrinking forgets
# one bit. This is why generators for 28 x 28 begin at 7 x 7 and double twice. In general one chooses the first
# small side and the strides so that **their product is the side wanted**:
#
# | side | some ways to get there |
# |---|---|
# | 28 | 7 · 2 · 2 |
# | 32 | 4 · 2 · 2 · 2 or 8 · 2 · 2 |
# | 45 | 5 · 3 · 3 or 15 · 3 |
# | 48 | 6 · 2 · 2 · 2 or 12 · 2 · 2 or 4 · 2 · 2 · 3 |
# | 37 | prime: "valid" with $n = 9$, $s = 4$, $k = 5$, or 40 pixels with three cropped (`Cropping2D`) |
#
# ## Exercise 1: the side at the end
# Write `final_side(side, layers)`: the side after a list of layers. Each layer is a tuple
# `(kind, kernel, stride, padding)`; `kind` is `"down"` for a convolution and `"up"` for a transposed one, `padding`
# is `"same"` or `"valid"`, and no kernel is shorter than its stride. For example,
# `final_side(28, [("down", 4, 2, "same"), ("up", 4, 3, "same")])` is 42: 28 pixels become 14, and these 42.


# %% role="exercise" grade_id="final_side"
# Exercise 1
def final_side(side, layers):
    """The side after all layers, a whole number; a layer is (kind, kernel, stride, padding)."""
    ### BEGIN SOLUTION
    for kind, kernel, stride, padding in layers:
        if kind == "up":
            side = side * stride if padding == "same" else (side - 1) * stride + kernel
        elif padding == "same":
            side = -(-side // stride)
        else:
            side = (side - kernel) // stride + 1
    return side
    ### END SOLUTION


# %% role="check" grade_id="final_side"
halve, double = ("down", 4, 2, "same"), ("up", 4, 2, "same")
checked_final_side = check(
    1,
    "final_side",
    cases=[
        ((28, [halve, halve, halve]), 4),
        ((28, [("down", 5, 2, "valid")]), 12),
        ((4, [double, double, double]), 32),
        ((7, [("up", 5, 2, "valid"), ("up", 5, 3, "valid")]), 53),
        ((37, [("down", 3, 3, "same"), ("up", 4, 3, "same"), ("down", 6, 2, "valid")]), 17),
    ],
    mistakes={
        'A convolution with "same" rounds up: 7 pixels halved are 4.': [3, 12, 32, 53, 16],
        "Count place 0 too: n - k over s, rounded down, is the number of the last place.": [
            4,
            11,
            32,
            53,
            16,
        ],
        'With "valid" the kernel\'s length counts, in a convolution too; see the first formula.': [
            4,
            14,
            32,
            53,
            20,
        ],
        'A transposed convolution with "valid" keeps the whole last stamp, all k pixels of it.': [
            4,
            12,
            32,
            42,
            17,
        ],
        'A transposed convolution with "same" cuts off what is more than n * s.': [
            4,
            12,
            46,
            53,
            18,
        ],
        'A convolution with "same" gives n / s rounded up, whatever its kernel. (You count (k - 1) // 2 zeros on each '
        "side, which is too few for an even kernel.)": [3, 12, 32, 53, 17],
        "The last stamp begins at (n - 1) * s, since the first one begins at 0.": [
            4,
            12,
            32,
            62,
            17,
        ],
    },
    hint="There are four cases: two kinds, two paddings. Go through the layers in order and replace the side.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="final_side" points=1 tolerance=1e-9
four_kinds = [(kind, padding) for kind in ("down", "up") for padding in ("same", "valid")]
found = []
for _ in range(12):
    stack = []
    for place in random.permutation(4):
        kind, padding = four_kinds[place]
        stride = int(random.integers(2, 4))
        stack.append((kind, stride + int(random.integers(1, 4)), stride, padding))
    found.append(final_side(int(random.integers(80, 200)), stack))
odd = (
    2 * int(random.integers(40, 100)) + 1
)  # where rounding up and padding with k // 2 zeros part
found.append(final_side(odd, [("down", 4, 2, "same")]))
publish(sides=found)

# %% [markdown]
# A function that counts can also design. The check has handed yours on as `checked_final_side` (or ours, until yours is
# right). Here it tries all stacks of two or three growing layers with first sides from 4 to 9, kernels up to 5 and
# strides 2 and 3, and keeps those that end at the side wanted.

# %%
from itertools import product

sizes = [(kernel, stride) for stride in (2, 3) for kernel in range(stride, 6)]
kinds = [("up", *size, padding) for size in sizes for padding in ("same", "valid")]
every_stack = [
    (first, stack)
    for first in range(4, 10)
    for count in (2, 3)
    for stack in product(kinds, repeat=count)
]
print(f"{len(every_stack):,} stacks to try")


def stacks_that_end_at(side):
    """Those whose picture has this side, as (first side, list of layers)."""
    return [
        (first, list(stack))
        for first, stack in every_stack
        if checked_final_side(first, list(stack)) == side
    ]


for side in (28, 37, 45, 48):
    found = stacks_that_end_at(side)
    first, stack = found[0]
    shown = " and ".join(f"{k} stride {s} {padding}" for _, k, s, padding in stack)
    print(f"{side} pixels: {len(found):4} stacks, such as {first} pixels, then {shown}")

# %% [markdown]
# ## A convolution is a matrix
# Take four pixels $x_0, \dots, x_3$, a kernel of three numbers, stride 2 and "same". The formulas say $n' = 2$ and
# $P = (2 - 1) \cdot 2 + 3 - 4 = 1$: one zero, on the right. So the kernel lies on $x_0, x_1, x_2$, and then on
# $x_2, x_3$ and the zero:
#
# $$ y_0 = w_0 x_0 + w_1 x_1 + w_2 x_2, \qquad y_1 = w_0 x_2 + w_1 x_3 . $$
#
# (What deep learning calls a convolution does not turn the kernel round. Mathematicians would call it a
# cross-correlation.) These are linear equations, $y = C x$, with a matrix
#
# $$ C = \begin{pmatrix} w_0 & w_1 & w_2 & 0 \\ 0 & 0 & w_0 & w_1 \end{pmatrix} . $$
#
# Each *row* holds the kernel once, and $s$ columns further than the row above. Now let two pixels put down stamps.
# The stamp of $y_0$ is $(w_0 y_0, w_1 y_0, w_2 y_0)$ on pixels 0 to 2; that of $y_1$ begins at pixel 2. The formula
# for "same" keeps $2 \cdot 2 = 4$ of the 5 pixels and cuts one off, on the right. The two stamps meet at pixel 2:
#
# $$ \begin{pmatrix} w_0 y_0 \\ w_1 y_0 \\ w_2 y_0 + w_0 y_1 \\ w_1 y_1 \end{pmatrix}
#  = \begin{pmatrix} w_0 & 0 \\ w_1 & 0 \\ w_2 & w_0 \\ 0 & w_1 \end{pmatrix}
#  \begin{pmatrix} y_0 \\ y_1 \end{pmatrix} = C^T y . $$
#
# Each *column* holds the kernel once. It is the transposed matrix, and that is where the name comes from. **A
# transposed convolution is the transpose of a convolution's matrix; it is not its inverse.** Try it with numbers, and
# then against Keras.


# %% tags=["nbval-check-output"]
def convolution_matrix(kernel, n, stride):
    """C of a convolution of n pixels with "same" padding, shape (n', n)."""
    k, rows = len(kernel), side_after(n, len(kernel), stride, "same")
    left = max((rows - 1) * stride + k - n, 0) // 2
    matrix = np.zeros((rows, n))
    for row in range(rows):
        for j, weight in enumerate(kernel):
            column = stride * row + j - left
            if 0 <= column < n:  # outside there is a zero of the padding
                matrix[row, column] = weight
    return matrix


w, x = np.array([1.0, 2.0, 3.0]), np.array([5.0, 0.0, -1.0, 4.0])
C = convolution_matrix(w, n=4, stride=2)
y = C @ x
print("C =\n", C)
print("C x =", y)
print("C^T y =", C.T @ y, "  and x was", x)
print("\nC^T for four pixels that become eight, kernel (1, 2, 3, 4):")
print(convolution_matrix([1, 2, 3, 4], n=8, stride=2).T.astype(int))

# %% [markdown]
# Going down and up again has not brought $x$ back. It could not: two numbers cannot remember four. What a
# transposed convolution undoes is the *shape*.
#
# Keras keeps a kernel as an array (length, channels in, channels out), and that of a transposed convolution as
# (length, channels out, channels in): so the very same array serves both, and turns from a map of $a$ to $b$
# channels into one of $b$ to $a$. With one channel each we put our $w$ into both layers. The numbers are small and
# whole, so float32 holds them exactly and the tolerance is 0.

# %%
down = layers.Conv1D(1, 3, strides=2, padding="same", use_bias=False)
up = layers.Conv1DTranspose(1, 3, strides=2, padding="same", use_bias=False)
grow = layers.Conv1DTranspose(1, 4, strides=2, padding="same", use_bias=False)
for layer, side, kernel in ((down, 4, w), (up, 2, w), (grow, 4, np.array([1.0, 2, 3, 4]))):
    layer.build((None, side, 1))
    layer.set_weights([kernel.reshape(-1, 1, 1)])

by_keras = down(x.reshape(1, 4, 1)).numpy().ravel()
back = up(y.reshape(1, 2, 1)).numpy().ravel()
grown = grow(x.reshape(1, 4, 1)).numpy().ravel()
grown_by_matrix = convolution_matrix([1, 2, 3, 4], n=8, stride=2).T @ x
for name, keras_says, matrix_says in (
    ("4 pixels to 2", by_keras, C @ x),
    ("2 pixels to 4", back, C.T @ y),
    ("4 pixels to 8", grown, grown_by_matrix),
):
    print(f"{name}: Keras {keras_says}, matrix {matrix_says}")
    assert np.array_equal(keras_says, matrix_says)

# %% [markdown]
# ### Why every discriminator contains a generator
# You have used transposed convolutions before, without seeing them. Let $L$ be some loss of $y = C x$. By the chain
# rule, $\partial L / \partial x_j = \sum_i \partial L / \partial y_i \cdot \partial y_i / \partial x_j
# = \sum_i C_{ij}\, \partial L / \partial y_i$, that is
#
# $$ \nabla_x L = C^T\, \nabla_y L : $$
#
# **the gradient goes back through a convolution by the transposed convolution.** When $G$ learns from $D$, it gets
# its gradient through the transposes of all of $D$'s layers, and with it their checkerboards. (Under "What does not",
# further down, this is why it is not enough to cure $G$ alone.) The check: let
# $L = g \cdot C x$ with a random vector $g$, so that $\nabla_y L = g$, and ask `GradientTape`. Numbers near 1 in
# float32 are right to about 1e-7, sums of a few of them to 1e-6.

# %%
import tensorflow as tf

random = np.random.default_rng(seed=5)
g = random.normal(size=2)
pixels = tf.constant(x.reshape(1, 4, 1), dtype="float32")
with tf.GradientTape() as tape:
    tape.watch(pixels)
    loss = tf.reduce_sum(down(pixels) * g.reshape(1, 2, 1).astype("float32"))
gradient = tape.gradient(loss, pixels).numpy().ravel()
print("GradientTape:", gradient)
print("C^T g:       ", C.T @ g)
assert np.allclose(gradient, C.T @ g, atol=1e-6)

# %% [markdown]
# ### Second reading: three ways to say it
# The same map as (1) stamps, (2) the matrix $C^T$ and (3) an *ordinary* convolution: pull the pixels apart, put
# $s - 1$ zeros between them, and slide the kernel over the result, turned round. You find all three in books and
# blog posts, and also the name "deconvolution", which promises an inverse. Two dimensions bring nothing new: stamps
# are then $k \times k$, and matrices are larger. The library's `transposed_convolution` puts down stamps for whole
# batches (`transposed_convolution??` shows it); it must agree with Keras to float32's accuracy.

# %%
signal, kernel = random.normal(size=6), random.normal(size=5)
stamps = np.zeros(5 * 2 + 5)
for i, value in enumerate(signal):
    stamps[2 * i : 2 * i + 5] += value * kernel
pulled_apart = np.zeros(5 * 2 + 1)
pulled_apart[::2] = signal
# np.convolve turns the second argument round, as mathematicians do; "full" pads with k - 1 zeros.
ordinary = np.convolve(pulled_apart, kernel, mode="full")
left = (5 - 2) // 2
matrix = convolution_matrix(kernel, n=12, stride=2).T
assert np.allclose(stamps, ordinary, atol=1e-12)
assert np.allclose(stamps[left : left + 12], matrix @ signal, atol=1e-12)
print("stamps, zeros between pixels, and matrix agree within 1e-12")

pictures = random.normal(size=(2, 6, 6, 3)).astype("float32")
for size, stride in ((3, 2), (4, 2), (5, 2), (5, 3)):
    layer = layers.Conv2DTranspose(
        4, size, strides=stride, padding="same", use_bias=False, kernel_initializer="normal"
    )
    difference = layer(pictures).numpy() - transposed_convolution(
        pictures, layer.kernel.numpy(), stride
    )
    assert np.abs(difference).max() < 1e-5
    print(
        f"kernel {size}, stride {stride}: Keras differs from NumPy by {np.abs(difference).max():.0e}"
    )

# %% [markdown]
# ## Exercise 2: on a ring
# Panoramas and tiles for walls have no border: the last pixel's right neighbour is the first pixel. Nothing is padded
# and nothing is cut off there; what sticks out on the right comes in on the left.
#
# Write `ring_matrix(kernel, n, stride)`: the matrix, of shape `(n * stride, n)`, of the transposed convolution from a
# ring of `n` pixels to a ring of `n * stride`. The stamp of pixel $i$ begins at pixel $s i$ of the large ring. If a
# kernel is longer than the whole ring, it goes round and meets itself, and there numbers add up. For example,
# `ring_matrix([1, 2, 3], 2, 2)` has the columns `[1, 2, 3, 0]` and `[3, 0, 1, 2]`.


# %% role="exercise" grade_id="ring_matrix"
# Exercise 2
def ring_matrix(kernel, n, stride):
    """The transposed convolution of a ring of n pixels as a matrix (n * stride, n)."""
    ### BEGIN SOLUTION
    matrix = np.zeros((n * stride, n))
    for i in range(n):
        for j, weight in enumerate(kernel):
            matrix[(stride * i + j) % (n * stride), i] += weight
    return matrix
    ### END SOLUTION


# %% role="check" grade_id="ring_matrix"
three = np.array([[1, 0, 3], [2, 0, 0], [3, 1, 0], [0, 2, 0], [0, 3, 1], [0, 0, 2.0]])
short = np.array([[6, 3], [2, 4], [3, 6], [4, 2.0]])
cut_three = np.array([[1, 0, 0], [2, 0, 0], [3, 1, 0], [0, 2, 0], [0, 3, 1], [0, 0, 2.0]])
cut_short = np.array([[1, 0], [2, 0], [3, 1], [4, 2.0]])
turned_three = np.array([[3, 0, 1], [2, 0, 0], [1, 3, 0], [0, 2, 0], [0, 1, 3], [0, 0, 2.0]])
turned_short = np.array([[6, 3], [4, 2], [3, 6], [2, 4.0]])
overwritten = np.array([[5, 3], [2, 4], [3, 5], [4, 2.0]])
# A stamp shorter than the stride, and one that goes round the ring of its only pixel twice.
sparse = np.array([[1.5, 0], [-0.5, 0], [0, 0], [0, 1.5], [0, -0.5], [0, 0]])
turned_sparse = np.array([[-0.5, 0], [1.5, 0], [0, 0], [0, -0.5], [0, 1.5], [0, 0]])
dense_sparse = np.array([[1.5, 0], [-0.5, 1.5], [0, -0.5], [0, 0], [0, 0], [0, 0]])
twice = np.array([[4.5], [2], [3]])
dense_three = np.array([[1, 0, 0], [2, 1, 0], [3, 2, 1], [0, 3, 2], [0, 0, 3], [0, 0, 0.0]])
dense_short = np.array([[6, 4], [2, 6], [3, 2], [4, 3.0]])
checked_ring_matrix = check(
    2,
    "ring_matrix",
    cases=[
        ((np.array([1.0, 2, 3]), 3, 2), three),
        ((np.array([1.0, 2, 3, 4, 5]), 2, 2), short),
        ((np.array([1.5, -0.5]), 2, 3), sparse),
        ((np.array([1.5, -1, 2, 0.5, 3, 1, 2.5]), 1, 3), twice),
    ],
    mistakes={
        "What sticks out on the right comes in on the left: the remainder, %, of the pixel's number.": [
            cut_three,
            cut_short,
            sparse,
            [[1.5], [-1], [2]],
        ],
        "Right until the kernel meets itself: where two numbers fall on one pixel they add up (+=).": [
            three,
            overwritten,
            sparse,
            [[2.5], [3], [1]],
        ],
        "The kernel is turned round. A stamp begins with kernel[0].": [
            turned_three,
            turned_short,
            turned_sparse,
            [[4.5], [3], [2]],
        ],
        "This is the convolution's matrix, n rows of n * stride numbers. Here each column holds a stamp.": [
            three.T,
            short.T,
            sparse.T,
            twice.T,
        ],
        "Each stamp should begin `stride` pixels after the one before it.": [
            dense_three,
            dense_short,
            dense_sparse,
            twice,
        ],
        "The weights' fractions are cut off: an array of whole numbers cannot hold 1.5. Make it with np.zeros.": [
            three,
            short,
            np.trunc(sparse),
            [[1 + 0 + 2], [-1 + 3], [2 + 1]],
        ],
        "Fractions are lost at the end: the weights need not be whole numbers, and neither need their sums.": [
            three,
            short,
            np.trunc(sparse),
            np.trunc(twice),
        ],
    },
    hint="Column i holds the stamp of pixel i: kernel[j] lies on pixel stride * i + j, counted round the ring. Weights "
    "may be fractions: np.zeros without a dtype holds them.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="ring_matrix" points=2
matrices = []
for rounds, longer in (
    (1, -1),
    (1, 1),
    (2, 2),
):  # the last kernel goes round the ring twice, and on
    n, stride = int(random.integers(2, 5)), int(random.integers(2, 5))
    # halves, as in the check: small types of float hold them exactly too
    kernel = random.integers(-99, 100, size=rounds * n * stride + longer) / 2
    matrix = ring_matrix(kernel, n, stride)
    matrices.append(np.asarray(matrix) @ random.normal(size=n))
publish(values=np.concatenate(matrices))

# %% [markdown]
# Your matrix makes wallpaper. Four by four random pixels double three times, rows by the matrix and columns by its
# transpose, and the tile that comes out is laid side by side; beside it is the same with the matrix of "same" padding.
# The numbers compare the largest jump from pixel to pixel across a joint with the largest inside the tile.


# %%
def wallpaper(matrix_for):
    """A tile of 32 x 32 pixels from 4 x 4 random ones; matrix_for(n) doubles n pixels."""
    tile = np.random.default_rng(seed=17).normal(size=(4, 4))
    for _ in range(3):
        grow_side = np.asarray(matrix_for(len(tile)))
        tile = np.tanh(1.5 * grow_side @ tile @ grow_side.T)
    return tile


bell = np.array([1.0, 3, 3, 1]) / 4
tiles = {
    "on a ring": wallpaper(lambda n: checked_ring_matrix(bell, n, 2)),
    'with "same"': wallpaper(lambda n: convolution_matrix(bell, 2 * n, 2).T),
}
for name, tile in tiles.items():
    joint, inside = np.abs(tile[0] - tile[-1]).max(), np.abs(np.diff(tile, axis=0)).max()
    print(f"{name}: largest jump across the joint {joint:.2f}, inside {inside:.2f}")

# %% fold="Lay the tiles side by side"
figure, panels = plt.subplots(1, 2, figsize=(8.6, 3.2))
for axes, (name, tile) in zip(panels, tiles.items(), strict=True):
    axes.imshow(np.tile(tile, (2, 3)), cmap="gray", vmin=-1, vmax=1)
    axes.set(title=f"six tiles, grown {name}", xlabel="column", xticks=range(0, 97, 32))
    axes.set(ylabel="row", yticks=range(0, 65, 32))
    axes.grid(False)
plots.show(
    figure,
    alt="Two walls of six equal tiles of soft grey blobs. Left, grown on a ring, blobs run across the joints and no "
    "border can be seen. Right, grown with zero padding, straight lines show where tiles meet.",
)

# %% [markdown]
# ## The checkerboard
# ### Counting stamps
# Look at the *rows* of a growing matrix: row $t$ says what output pixel $t$ is made of. With kernel 4 and stride 2
# each row holds two weights. With kernel 5 and stride 2, three and two in turn. The grey shades below are the
# weights' numbers: even rows have $w_0, w_2, w_4$, odd rows $w_1, w_3$, never any other.

# %% fold="Draw the two matrices, and count the terms of each row"
figure, panels = plt.subplots(1, 2, figsize=(8.6, 4.6))
for axes, size in zip(panels, (4, 5), strict=True):
    numbered = np.zeros((2 * 4 + size, 5))
    for i in range(5):
        numbered[2 * i : 2 * i + size, i] = np.arange(1, size + 1)
    shown = np.ma.masked_equal(numbered, 0)
    axes.imshow(shown, cmap="Greys", vmin=0, vmax=9, aspect="auto")
    for (t, i), number in np.ndenumerate(numbered):
        if number:
            axes.text(i, t, f"$w_{number - 1:.0f}$", ha="center", va="center", fontsize=9)
    for t, terms in enumerate((numbered > 0).sum(axis=1)):
        complete = size - 2 <= t < 2 * 5  # all stamps that could reach this pixel exist
        colour = plots.COLOURS["fake" if complete else "neutral"]
        axes.text(4.75, t, terms, ha="center", va="center", color=colour, fontsize=9)
    axes.text(4.75, -0.9, "terms", ha="center", va="center", fontsize=9)
    axes.set(title=f"kernel {size}, stride 2", xlabel="input pixel i", ylabel="output pixel t")
    axes.set(xlim=(-0.5, 5.1), xticks=range(5), yticks=range(0, len(numbered), 2))
    axes.grid(False)
plots.show(
    figure,
    alt="Two matrices with the names of the weights in their cells; each column holds the kernel, two rows further "
    "down than the column before. The number of weights in each row stands at the right: with kernel 4 it is two in "
    "the middle rows, with kernel 5 three and two in turn.",
)

# %% [markdown]
# In general input pixel $i$ reaches output pixel $t$ with the weight $w_{t - s i}$. As $i$ changes, the index goes in
# steps of $s$. So everything depends on the **phase** $r = t \bmod s$: pixels of phase $r$ use the weights
# $w_r, w_{r+s}, w_{r+2s}, \dots$, and away from the borders their number is
#
# $$ N_r = \left\lceil \frac{k - r}{s} \right\rceil . $$
#
# A stride-$s$ transposed convolution is really $s$ small convolutions, one for each phase, which share *no weight*,
# and whose outputs are interleaved. (In two dimensions, $s^2$ of them. Under the name sub-pixel convolution or
# pixel shuffle one also finds them written that way.) The numbers $N_r$ are all equal exactly if $s$ divides $k$.
#
# ### From stamps to variance
# What do unequal numbers do to a picture? Let all weights be random and independent, with mean 0 and variance
# $\sigma^2$, as they are before training. The inputs $h_{i,c}$, with $C$ channels, are given. Then the output pixel
#
# $$ o_t = \sum_{c=1}^{C} \sum_i w_{t - s i,\, c}\, h_{i,c} $$
#
# has mean 0 over all possible networks. Its mean square is a double sum over pairs of terms; for two *different*
# weights the mean of $w w'$ is $0 \cdot 0$, for a weight with itself it is $\sigma^2$. So
#
# $$ E_w[o_t^2] = \sigma^2 \sum_{c} \sum_i h_{i,c}^2, $$
#
# summed over the $N_r$ input pixels that reach $t$. If all inputs have about the same mean square $m$, this is
# $\sigma^2 C\, m\, N_r$. In two dimensions the terms are pairs (row, column), and their number is a product:
#
# $$ E_w[o_{t,u}^2] = \sigma^2\, C\, m\, N_r N_{r'}, \qquad r = t \bmod s, \quad r' = u \bmod s . $$
#
# Kernel 5, stride 2: $N = (3, 2)$, and the four phases of the plane stand as **9 : 6 : 6 : 4**. Kernel 4:
# $N = (2, 2)$, **1 : 1 : 1 : 1**. Now by experiment, with inputs all 1. One layer with 10,000 output channels is
# 10,000 random networks at once. The mean of $M$ squares of normal numbers is off by about $\sqrt{2/M}$ of itself;
# we allow four times that, 5.7 %.


# %%
def terms(kernel, stride):
    """N_r for each phase r."""
    return np.array([len(range(r, kernel, stride)) for r in range(stride)])


def compare(what, seen, expected, tolerance):
    """Stop if two numbers are further apart than `tolerance` times the expected one."""
    assert abs(seen - expected) <= tolerance * abs(expected), f"{what}: {seen}, {expected}"
    print(f"{what:44} {seen:7.3f} and {expected:7.3f} agree within {tolerance:.1%}")


NETWORKS = 10_000
random = np.random.default_rng(seed=6)
flat = np.ones((1, 8, 8, 1))
energies = {}
for size in (5, 4):
    weights = random.normal(size=(size, size, NETWORKS, 1))
    outputs = transposed_convolution(flat, weights, 2, "valid")[0]
    energies[size] = np.mean(outputs**2, axis=-1)
    middle = energies[size][6:8, 6:8]  # far from the borders, and it begins at phase 0
    for (r, r2), seen in np.ndenumerate(middle):
        expected = terms(size, 2)[r] * terms(size, 2)[r2]
        compare(f"kernel {size}, phase ({r}, {r2})", seen, expected, 4 * np.sqrt(2 / NETWORKS))

# %% [markdown]
# And the same in Keras, whose `Conv2DTranspose` takes its weights from another random generator. With "same" one row
# and one column are cut off at the top and on the left for kernel 5 ($P = 3$, $\lfloor P/2 \rfloor = 1$), so the
# phases move by one; the maps show them.

# %%
keras.utils.set_random_seed(7)
by_keras = {}
for size in (5, 4):
    layer = layers.Conv2DTranspose(
        NETWORKS,
        size,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
    )
    by_keras[size] = np.mean(layer(flat.astype("float32"))[0].numpy() ** 2, axis=-1)

resize = layers.UpSampling2D(2)  # by nearest neighbours, unless told otherwise
convolve = layers.Conv2D(
    NETWORKS,
    3,
    padding="same",
    use_bias=False,
    kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
)
resized = convolve(resize(flat.astype("float32")))[0].numpy()

# %% fold="Draw the maps of the mean squares"
maps = {
    "kernel 5, stride 2": by_keras[5],
    "kernel 4, stride 2": by_keras[4],
    "UpSampling2D, then Conv2D 3 x 3": np.mean(resized**2, axis=-1),
}
figure, panels = plt.subplots(1, 3, figsize=(10, 3.7))
for axes, (name, energy) in zip(panels, maps.items(), strict=True):
    axes.imshow(energy[:12, :12], cmap="cividis", vmin=0, vmax=10)
    for (row, column), value in np.ndenumerate(energy[4:8, 4:8]):
        shade = "white" if value < 5.5 else "black"
        axes.text(
            column + 4,
            row + 4,
            f"{value:.1f}",
            ha="center",
            va="center",
            fontsize=7.5,
            color=shade,
        )
    axes.set(
        title=name, xlabel="output column", xticks=range(0, 12, 4), yticks=range(0, 12, 4)
    )
    axes.grid(False)
panels[0].set_ylabel("output row")
plots.show(
    figure,
    alt="Three maps of the mean square over ten thousand random networks, each the upper left corner of the output. "
    "With kernel 5 it alternates between about 9, 6, 6 and 4 from pixel to pixel. With kernel 4 it is about 4 "
    "everywhere, with resizing about 9 everywhere; only the upper and left borders are darker.",
)

# %%
inside = by_keras[5][4:12, 4:12]
folded = inside.reshape(4, 2, 4, 2).mean(axis=(0, 2))
print(
    "Keras, kernel 5, the four phases in descending order:",
    np.sort(folded.ravel())[::-1].round(1),
)
assert np.allclose(np.sort(folded.ravel()), [4, 6, 6, 9], rtol=4 * np.sqrt(2 / NETWORKS))

# %% [markdown]
# ## Exercise 3: predict
# Now without running anything: a layer with a kernel of `kernel = (rows, columns)` places and the strides
# `stride = (down, right)`, such as (3, 7) and (2, 3). All its inputs, in all `channels` channels, have the value
# `level`; the weights are independent with mean 0 and **standard deviation** `deviation`. Nothing is cut off, so
# output pixel (0, 0) is the corner of the first stamp.
#
# Write `predict_energies(kernel, stride, channels, level, deviation)`: an array of shape `stride` whose entry
# `[r, r2]` is the mean square, over networks, of an output pixel far from the borders in a row of phase `r` and a
# column of phase `r2`. A kernel may be *shorter* than the stride here. What does the formula for $N_r$ say then,
# and what does it look like?


# %% role="exercise" grade_id="predict_energies"
# Exercise 3
def predict_energies(kernel, stride, channels, level, deviation):
    """Expected squares of the output pixels by phase, an array of shape `stride`."""
    ### BEGIN SOLUTION
    rows, columns = (
        np.array([len(range(phase, k, s)) for phase in range(s)])
        for k, s in zip(kernel, stride, strict=True)
    )
    return channels * level**2 * deviation**2 * np.outer(rows, columns)
    ### END SOLUTION


# %% role="check" grade_id="predict_energies"
uneven = np.array([[6.0, 4], [6, 4], [0, 0]])
mixed = np.array([[1.08, 0.72, 0.72], [0.54, 0.36, 0.36]])
checked_predict_energies = check(
    3,
    "predict_energies",
    cases=[
        (((5, 5), (2, 2), 1, 1.0, 1.0), np.array([[9.0, 6], [6, 4]])),
        (((4, 4), (2, 2), 3, 0.5, 2.0), np.full((2, 2), 12.0)),
        (((3, 7), (2, 3), 8, 1.5, 0.1), mixed),
        (((2, 5), (3, 2), 2, -1.0, 1.0), uneven),
    ],
    mistakes={
        "The deviation is the root of the variance: it has to be squared.": [
            np.array([[9.0, 6], [6, 4]]),
            np.full((2, 2), 6.0),
            mixed * 10,
            uneven,
        ],
        "The level is squared too: each term's mean square is level^2 * deviation^2.": [
            np.array([[9.0, 6], [6, 4]]),
            np.full((2, 2), 24.0),
            mixed / 1.5,
            -uneven,
        ],
        "This is what would come if all terms were equal, not independent: squares add up, not sums.": [
            np.array([[81.0, 36], [36, 16]]),
            np.full((2, 2), 144.0),
            np.array([[51.84, 23.04, 23.04], [12.96, 5.76, 5.76]]),
            np.array([[36.0, 16], [36, 16], [0, 0]]),
        ],
        "This is the average over the phases. How many weights does each single phase have?": [
            np.full((2, 2), 6.25),
            np.full((2, 2), 12.0),
            np.full((2, 3), 0.63),
            np.full((3, 2), 10 / 3),
        ],
        "Each channel adds terms of its own: their number multiplies everything.": [
            np.array([[9.0, 6], [6, 4]]),
            np.full((2, 2), 4.0),
            mixed / 8,
            uneven / 2,
        ],
        "Right where each phase has a weight. Here the last rows get no stamp at all: no terms, and the square is 0.": [
            np.array([[9.0, 6], [6, 4]]),
            np.full((2, 2), 12.0),
            mixed,
            np.array([[6.0, 4], [6, 4], [6, 4]]),
        ],
        "Rows and columns are exchanged somewhere, or the phases: phase 0 has the weights 0, s, 2s, ...": [
            np.array([[4.0, 6], [6, 9]]),
            np.full((2, 2), 12.0),
            mixed[::-1, ::-1],
            uneven[::-1, ::-1],
        ],
    },
    hint="Count the weights of each phase in rows and in columns, multiply (np.outer), then the factors.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="predict_energies" points=2
values = []
for shorter in (False, False, False, True):
    kernel, stride = random.integers(2, 9, size=2), random.integers(2, 5, size=2)
    if shorter:  # than the stride: some rows get no stamp
        kernel[0], stride[0] = 2, 4
    values.append(
        predict_energies(
            tuple(map(int, kernel)),
            tuple(map(int, stride)),
            int(random.integers(2, 30)),
            random.uniform(0.5, 2),
            random.uniform(0.3, 2),
        )
    )
publish(energies=np.concatenate([np.asarray(each).ravel() for each in values]))

# %% [markdown]
# When you have your prediction for kernel (2, 5), stride (3, 2): here it is. (The output is not shown beforehand.)

# %% role="spoiler"
random = np.random.default_rng(seed=8)
rows, columns = 8, 8
kernels = random.normal(size=(2, 5, 5000))  # of 5,000 networks
outputs = np.zeros((3 * (rows - 1) + 2, 2 * (columns - 1) + 5, 5000))
for i, j in np.ndindex(rows, columns):
    outputs[3 * i : 3 * i + 2, 2 * j : 2 * j + 5] += kernels
canvas = np.mean(outputs**2, axis=-1)
print("seen by phase:\n", canvas[9:12, 6:8].round(1))
print(
    "predicted:\n", np.asarray(checked_predict_energies((2, 5), (3, 2), 1, 1.0, 1.0)).round(1)
)

# %% role="spoiler" fold="Draw the map"
figure, axes = plt.subplots(figsize=(4.4, 4))
drawn = axes.imshow(canvas, cmap="cividis", vmin=0)
figure.colorbar(drawn, ax=axes, label="mean square over 5,000 networks")
axes.set(title="kernel (2, 5), stride (3, 2)", xlabel="output column", ylabel="output row")
axes.grid(False)
plots.show(
    figure,
    alt="A map whose every third row is exactly zero, because no stamp reaches it; in the other rows the mean square "
    "alternates between about three and two from column to column.",
)

# %% [markdown]
# **A good place to stop.** You can say how many pixels come out, and how strong each is on average over all networks.
# Next: what a single network makes of them, and what cures it.

# %% [markdown]
# ### A single kernel
# So kernel 4 is cured? **Predict first.** Take one single random 4 x 4 kernel with stride 2 and a flat input, all
# ones. Each output pixel far from the border sums four weights. Is the output flat?

# %% role="spoiler"
random = np.random.default_rng(seed=82)
one_kernel = random.normal(size=(4, 4, 1, 1))
by_stamps = transposed_convolution(flat, one_kernel, 2)[0, 4:12, 4:12, 0]
by_resizing = convolution(nearest(flat, 2), random.normal(size=(3, 3, 1, 1)))[0, 4:12, 4:12, 0]
for name, output in (("4 x 4, stride 2", by_stamps), ("resize, then 3 x 3", by_resizing)):
    print(f"{name}, a corner of the middle:\n{output[:4, :4].round(2)}")

# %% role="spoiler" fold="Draw both outputs"
figure, panels = plt.subplots(1, 2, figsize=(6.8, 3.4))
for axes, output, name in (
    (panels[0], by_stamps, "one network, 4 x 4, stride 2"),
    (panels[1], by_resizing, "one network, resize, then 3 x 3"),
):
    axes.imshow(output, cmap="gray", vmin=-5, vmax=5)
    axes.set(title=f"{name}\nstandard deviation {output.std():.2f}", xlabel="output column")
    axes.grid(False)
panels[0].set_ylabel("output row")
plots.show(
    figure,
    alt="Left: the output of one random four by four kernel on a flat input has four levels of grey, from nearly black "
    "to nearly white, in a pattern that repeats every two pixels. "
    "Right: after resizing and an ordinary convolution the output is one even dark grey.",
)
assert by_resizing.std() < 1e-12

# %% [markdown]
# Not flat at all. The four phases have no weight in common, so the output has four levels, which are four
# *independent* random numbers. Kernel 4 makes them equally large **on average over networks**; within a network
# they differ. So there are two kinds of unevenness, and they must be told apart:
#
# 1. *Uneven strength*: some phases vary more than others, in every network, in the same places. It comes from unequal
#    $N_r$, and **a kernel divisible by the stride removes it**.
# 2. *Uneven levels*: what is flat in comes out with one level per phase. It comes from unequal sums
#    $S_r = w_r + w_{r+s} + \dots$, and is there for every kernel with random weights.
#
# How strong is the second kind behind a ReLU? There no input is negative, so the inputs have a flat part, their mean,
# and it is the flat part that makes the levels. We measure: 300 random networks of 8 channels, 20 pictures each, and
# the share of the pictures' variance that is one repeated tile.

# %%
random = np.random.default_rng(seed=10)
hidden = relu(random.normal(size=(20, 16, 16, 8)))


def as_pictures(outputs):
    """(batch, rows, columns, networks) to (batch * networks, rows, columns), without borders."""
    inner = outputs[:, 6:-6, 6:-6]
    return np.moveaxis(inner, -1, 1).reshape(-1, *inner.shape[1:3])


shares = {}
for size in (5, 4):
    outputs = transposed_convolution(hidden, random.normal(size=(size, size, 300, 8)), 2)
    shares[size] = repeating_share(as_pictures(outputs))
    print(f"kernel {size}: {shares[size]:.3f} repeats")
resized_outputs = convolution(nearest(hidden, 2), random.normal(size=(3, 3, 8, 300)))
shares["resize"] = repeating_share(as_pictures(resized_outputs))
print(f"resize, then 3 x 3: {shares['resize']:.3f} repeats")
assert shares["resize"] < 0.01

# %% [markdown]
# About a quarter, and kernel 4 does not make the second kind smaller *at all*.
#
# ### Second reading: why a quarter
# We need three steps, and then divide.
#
# *The inputs.* If $a$ is a standard normal number with density $\varphi$, then $\mathrm{relu}(a)$ has the mean
#
# $$ \mu = \int_0^\infty a\, \varphi(a)\, da = \big[ -\varphi(a) \big]_0^\infty = \varphi(0) = \frac{1}{\sqrt{2\pi}}
#    \approx 0.399, \qquad \mu^2 \approx 0.159, $$
#
# because $\varphi'(a) = -a\, \varphi(a)$. Its mean square is $\frac12$, half of $a$'s, by symmetry; so its variance is
# $v = \frac12 - \mu^2 \approx 0.341$. We write each input as $\mu$ plus a fluctuation of variance $v$.
#
# *The outputs.* An output pixel adds $N C$ products of a weight and an input ($C$ channels, $N$ terms in the plane). By
# the sum of squares above, the fluctuations give it the variance $v\, N C \sigma^2$. The flat part gives it $\mu$ times
# the sum of its phase's weights: a number with mean square $\mu^2\, N C \sigma^2$ over networks, and the *same* number
# at all pixels of a phase. That is the phase's level.
#
# *Four levels.* Within one picture only the differences between its four levels count, not what they have in common.
# For $M$ independent numbers of variance $L$, the mean square distance from their own average is on average
# $\frac{M - 1}{M} L$; it is the reason why one divides by $M - 1$ when one estimates a variance. Here $M = 4$ and
# $L = \mu^2\, N C \sigma^2$: the levels add $\frac34 \mu^2\, N C \sigma^2$ to the picture's variance.
#
# So the share of the picture's variance that is one repeated tile is about
#
# $$ \frac{\frac34 \mu^2\, N C \sigma^2}{v\, N C \sigma^2 + \frac34 \mu^2\, N C \sigma^2}
#    = \frac{\frac34 \mu^2}{v + \frac34 \mu^2} \approx \frac{0.119}{0.341 + 0.119} \approx 0.26 . $$
#
# **And $N$ has cancelled.** With 9 : 6 : 6 : 4 the mean of the four stands in place of $N$, above and below the line:
# the same 0.26. The check compares with the measurement above. The variances of four levels of 300 networks have three
# degrees of freedom each, so their mean is off by about $\sqrt{2/900}$, 5 % of itself, which is 0.01 here; four times
# that, and almost 0.01 that noise leaves in the tiles by chance, make 0.05.

# %%
mu, v = 1 / np.sqrt(2 * np.pi), 0.5 - 1 / (2 * np.pi)
predicted_share = 0.75 * mu**2 / (v + 0.75 * mu**2)
errors = 4 / np.sqrt(hidden.size)  # relu(a) deviates by less than 1, its square by less than 2
compare("mean of relu(a)", hidden.mean(), mu, errors / mu)
compare("mean square of relu(a)", np.mean(hidden**2), 0.5, 2 * errors / 0.5)
for size in (5, 4):
    print(
        f"kernel {size}: {shares[size]:.3f} measured; the formula says {predicted_share:.3f}"
    )
    assert abs(shares[size] - predicted_share) < 0.05

# %% [markdown]
# ### What cures it
# **Resize, then convolve** (`UpSampling2D` and `Conv2D` with stride 1; Odena, Dumoulin and Olah, 2016). All output
# pixels use the *same* kernel, with all its weights. So the strengths are equal, and flat in is flat out, for every
# kernel, trained or not. The price: the convolution works on the large picture. For a doubling to $n' \times n'$
# with $3 \times 3$ it needs $9\, n'^2$ multiplications for each pair of channels, the $4 \times 4$ transposed one
# $16\,(n'/2)^2 = 4\, n'^2$. And it likes soft pictures, such as the clouds at the top: neighbouring pixels see
# mostly the same inputs.
#
# **Start even.** The levels are equal if all phases have the same sum $S_r$. A start with *equal* small kernels in
# all phases (Aitken and others, 2017) has that: make a random $2 \times 2$ kernel and repeat each weight, $(a, b)$
# to $(a, a, b, b)$. It is then the same as resizing by nearest neighbours, but the phases are free to part in
# training.

# %%
random = np.random.default_rng(seed=11)
small = random.normal(size=(2, 2, 300, 8))
even_start = small.repeat(2, axis=0).repeat(2, axis=1)
outputs = transposed_convolution(hidden, even_start, 2)
print(f"even start, kernel 4: {repeating_share(as_pictures(outputs)):.3f} repeats")
assert repeating_share(as_pictures(outputs)) < 0.01

# Phase 0 of the stamps begins one pixel before that of "same" padding: compare inside, shifted.
stamped = transposed_convolution(hidden, even_start, 2, "valid")
# The same weights for `convolution`. By stamps an output pixel t is w_0 h_t + w_1 h_(t-1), so the kernel laid on
# h_(t-1), h_t must hold (w_1, w_0): rows and columns are turned round. And the axes for channels, 2 and 3, are
# (in, out) there and (out, in) for stamps, so they are exchanged.
as_convolution = small[::-1, ::-1].swapaxes(2, 3)
blocks = nearest(convolution(hidden, as_convolution, 1, "valid"), 2)
assert np.allclose(stamped[:, 2:-2, 2:-2], blocks, atol=1e-10)
print("and it is a 2 x 2 convolution of the small picture, resized: equal within 1e-10")

# %% [markdown]
# ### What does not
# Some things are said to help. Each of them is a line of arithmetic:
#
# - **A larger kernel** that the stride does not divide, such as 7 with stride 2: $N = (4, 3)$, so 16 : 12 : 12 : 9.
#   Milder, and not gone.
# - **Batch normalisation** behind the layer. It divides each *channel* by one number, all phases alike.
# - **One more convolution** behind the layer, 3 x 3 with stride 1. It mixes the phases: in one dimension an
#   even pixel sees odd, even, odd, so $2 + 3 + 2 = 7$, an odd pixel $3 + 2 + 3 = 8$. In the plane 49 : 56 : 56 : 64.
#   **The pattern is weaker, and turned inside out.** It is not gone.
# - **Curing only the generator.** $G$ learns by the gradient that comes through $D$, and that goes back by $D$'s
#   transposes! A $D$ that shrinks by 3 x 3 kernels with stride 2 gives the pixels a gradient of strength 4 : 2 : 2
#   : 1, however smooth $G$ may be.
#
# For the third point remember that $E_w[o_t^2]$ adds up the mean squares of all that goes in. The cell checks the
# last two on random networks, again with 4 standard errors.

# %%
random = np.random.default_rng(seed=12)
for size in range(2, 9):
    n_r = terms(size, 2)
    print(f"kernel {size}, stride 2: " + " : ".join(str(a * b) for a in n_r for b in n_r))

behind = []
for _ in range(300):  # 300 networks of 16 channels, and 40 second kernels for each
    first = transposed_convolution(flat, random.normal(size=(5, 5, 16, 1)), 2, "valid")
    second = convolution(first, random.normal(size=(3, 3, 16, 40)), 1, "valid")
    behind.append(np.mean(second[0, 5:7, 5:7] ** 2, axis=-1) / 16)  # from an even pixel on
behind = np.array(behind)
print("behind one more convolution:", behind.mean(axis=0).round(1).tolist())
error = 4 * behind.std(axis=0) / np.sqrt(len(behind))
assert np.all(np.abs(behind.mean(axis=0) - [[49, 56], [56, 64]]) < error)

arriving = random.choice([-1.0, 1.0], size=(1, 8, 8, 64))  # at the output of D's 64 filters
gradients = transposed_convolution(arriving, random.normal(size=(3, 3, 4000, 64)), 2, "valid")
inner = np.mean(gradients[0, 4:12, 4:12] ** 2, axis=-1) / 64  # 4,000 networks
by_phase = inner.reshape(4, 2, 4, 2).mean(axis=(0, 2))
print("gradient through a 3 x 3 layer:", by_phase.round(1).tolist())
assert np.allclose(by_phase, [[4, 2], [2, 1]], rtol=4 * np.sqrt(2 / 4000))

# %% [markdown]
# ### And training?
# Weights move. **Predict first.** A small DCGAN with 4 x 4 kernels learns to draw clothes for 300 steps. Real
# garments have next to nothing that repeats every two pixels. What will become of the untrained generator's grid?
#
# The training takes ten seconds, on a busy machine thirty. Lesson 6 explains every line of it. Here we look at one
# number, over whole pictures of 28 x 28 and over the 12 x 12 pixels in their middle, where most garments have no
# background. (We draw with noise of our own and with batch norm in training mode, for a reason that comes further
# down.)

# %% role="spoiler"
from course_lib import datasets
from course_lib.models import networks
from course_lib.models.gan import GAN
from course_lib.training.loop import train

garments = datasets.load("fashion_mnist").images_train[:10_000].copy()
keras.utils.set_random_seed(23)  # one with a grid of usual strength
gan = GAN(networks.dcgan_generator(width=16), networks.dcgan_discriminator(width=16))
gan.compile(
    generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
    steps_per_execution=10,
)
z = np.random.default_rng(18).standard_normal((500, gan.latent_size), dtype="float32")


def whole_and_middle(pictures):
    return repeating_share(pictures), repeating_share(pictures[:, 8:20, 8:20])


drawn = {}
print("repeats every 2 pixels:   whole    middle")
for step in (0, 20, 100, 300):
    train(gan, garments, steps=step)
    drawn[step] = gan.generator(z, training=True).numpy()[..., 0]
    whole, middle = whole_and_middle(drawn[step])
    print(f"generator, step {step:3}:    {whole:7.2%}   {middle:7.2%}")
whole, middle = whole_and_middle(garments[:500, ..., 0])
print(f"real garments:          {whole:7.2%}   {middle:7.2%}")

# %% role="spoiler" fold="Show eight samples of three moments"
figure, panels = plt.subplots(3, 1, figsize=(7.4, 3.9))
for axes, step in zip(panels, (20, 100, 300), strict=True):
    axes.imshow(
        plots.tile(drawn[step][:8, ..., None], columns=8), cmap="gray", vmin=0, vmax=255
    )
    axes.set(title=f"eight samples after {step} steps", xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(False)
plots.show(
    figure,
    alt="Three rows of eight samples. After 20 steps a grey haze with a strong grid in it; after 100 bright stripes "
    "and dots on black; after 300 white shapes about as large as garments, with fine light and dark lines through "
    "them at regular distances, like a weave.",
)

# %% [markdown]
# At first the grid of the bright parts grows with them. But $D$ can tell fake from real by the grid, so training
# works against it, and over whole pictures nearly all of it goes. But the black background sits at the end of tanh,
# where nothing can show. In the middle of the pictures the grid stays well above that of real garments, and you see
# it as a weave. Training *can* make the sums $S_r$ equal, but nothing keeps them equal. (Try the random seed 24. When
# we ran it, the grid was all but gone after 100 steps, and back after 300.) And whatever training spends on the grid,
# it does not spend on garments.

# %% [markdown]
# ## Exercise 4: derive and check
# You are given a kernel (trained by somebody, or random) and want to take its checkerboard levels away while changing
# it **as little as possible**: among all kernels of the same length whose phases all have the same sum, find the one
# with the smallest sum of squared differences to the given one. One dimension is enough.
#
# On paper, in two steps. First: to bring the sum $S_r$ of $N_r$ numbers to a target $T$ with the smallest sum of
# squared changes, how should the change $T - S_r$ be shared out among them, and what is that smallest sum? Second:
# add this up over the phases, and choose $T$ so that its derivative is zero. Mind that the $N_r$ may differ.
#
# Write `level_kernel(kernel, stride)`, a new array: the kernel you are given stays as it is. It is at least as long as
# the stride. The check is by numbers found in another way.


# %% role="exercise" grade_id="level_kernel"
# Exercise 4
def level_kernel(kernel, stride):
    """The kernel nearest to `kernel` (least squares) whose phases kernel[r::stride] have equal sums."""
    ### BEGIN SOLUTION
    sums = np.array([kernel[r::stride].sum() for r in range(stride)])
    counts = np.array([len(kernel[r::stride]) for r in range(stride)])
    target = np.sum(sums / counts) / np.sum(1 / counts)
    change = (target - sums) / counts
    return kernel + change[np.arange(len(kernel)) % stride]
    ### END SOLUTION


# %% role="check" grade_id="level_kernel"
four, five = np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 3, 4, 5])
seven = np.array([2.0, -1, 1, 3, 2, 1, -2])


def leaves_the_kernel(level_kernel):
    """Asked once the numbers are right."""
    if level_kernel.untouched:
        return None
    return "The numbers are right, but the kernel you were given is changed: work on a copy, kernel.copy()."


checked_level_kernel = check(
    4,
    "level_kernel",
    cases=[
        ((four, 2), np.array([1.5, 1.5, 3.5, 3.5])),
        ((five, 2), np.array([0.4, 2.6, 2.4, 4.6, 4.4])),
        ((seven, 3), np.array([1.625, -0.5625, 0.9375, 2.625, 2.4375, 0.9375, -2.375])),
    ],
    mistakes={
        "The sums are equal, but there is a nearer kernel. A phase with more numbers is cheaper to change, so the "
        "target is not the plain mean of the sums: set the derivative to zero.": [
            [1.5, 1.5, 3.5, 3.5],
            [0.5, 2.75, 2.5, 4.75, 4.5],
            [1.6666667, -0.5, 1.0, 2.6666667, 2.5, 1.0, -2.3333333],
        ],
        "Multiplied: that changes large numbers more than small ones. To share a change out with the smallest sum of "
        "squares, add the same to each.": [
            [1.25, 1.6666667, 3.75, 3.3333333],
            [0.8333333, 2.5, 2.5, 5.0, 4.1666667],
            [1.3333333, -2.0, 1.0, 2.0, 4.0, 1.0, -1.3333333],
        ],
        "These are blocks of neighbours. A phase takes every stride-th number: kernel[r::stride].": [
            [2.0, 3.0, 2.0, 3.0],
            [1.6, 2.6, 3.6, 3.4, 4.4],
            [2.0, -1.0, 1.0, 1.5, 0.5, 2.5, -0.5],
        ],
        "Here the phases' means are equal. An output pixel adds its terms up, so the sums have to be.": [
            [1.5, 1.5, 3.5, 3.5],
            [1.0, 2.0, 3.0, 4.0, 5.0],
            [1.8333333, -0.6666667, 0.8333333, 2.8333333, 2.3333333, 0.8333333, -2.1666667],
        ],
        "All sums are zero now. They are equal, but a target nearer to what they were changes less.": [
            [-1.0, -1.0, 1.0, 1.0],
            [-2.0, -1.0, 0.0, 1.0, 2.0],
            [1.0, -1.5, 0.0, 2.0, 1.5, 0.0, -3.0],
        ],
        "Each phase got its whole change in every number: with N numbers, each takes 1/N of it.": [
            [2.0, 1.0, 4.0, 3.0],
            [-0.8, 3.2, 1.2, 5.2, 3.2],
            [0.875, -0.125, 0.875, 1.875, 2.875, 0.875, -3.125],
        ],
    },
    hint="Within a phase add the same to each number, (T - S_r) / N_r. The cost is the sum of (T - S_r)^2 / N_r.",
    also=leaves_the_kernel,
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="level_kernel" points=2
levelled = []
for stride in (2, 3, 4):
    size = int(stride * random.integers(2, 4) + random.integers(1, stride))
    levelled.append(level_kernel(random.normal(size=size), stride))
publish(values=levelled, untouched=level_kernel.untouched)

# %% [markdown]
# Here is your function on the kernels of 40 random networks, along every row and then along every column. That makes
# the four sums of a 4 x 4 kernel equal, and a little more than that, since it levels each row and column by itself.

# %%
kernels = np.random.default_rng(seed=20).normal(size=(4, 4, 40, 8))
levelled = kernels
for axis in (0, 1):
    levelled = np.apply_along_axis(checked_level_kernel, axis, levelled, 2)
for name, each in {"random kernels": kernels, "levelled": levelled}.items():
    share = repeating_share(as_pictures(transposed_convolution(hidden, each, 2)))
    flat_in = transposed_convolution(flat, each[..., :1], 2)[0, 4:12, 4:12]
    print(f"{name}: {share:.3f} repeats; flat in, out comes a deviation of", end=" ")
    print(f"{flat_in.std(axis=(0, 1)).mean():.3f}")

# %% [markdown]
# ## Play: kernel, stride, network
# Move the sliders (you need a running kernel; without one you see the picture as it starts). Left: how many terms
# each output pixel adds up. Middle: one network on a flat input. Right: the mean square over 300 networks.
#
# 1. Stride 2, kernel from 1 up to 8. At which kernels does the right picture become even? And the middle one?
# 2. Press *new weights* a few times with kernel 4. Which of the three pictures change?
# 3. Stride 3, kernel 2. What are the black lines?
# 4. Choose *resize, then convolve*, and try to find a kernel, stride or network that makes it uneven.

# %%
from course_lib.panels.checkerboard import Checkerboard

panel = Checkerboard()
panel.show()

# %% [markdown]
# ## What a pixel sees
# ### Down
# A unit of the first layer of $D$ sees $k$ pixels. A unit of the second layer sees $k$ units of the first, which
# lie $s$ pixels apart. Number the pixels, and let layer $m$ have the kernel $k_m$, the stride $s_m$ and `left`
# zeros on the left. From the matrix: unit $i$ of a layer looks at the places $s_m i - \mathrm{left}$ to
# $s_m i - \mathrm{left} + k_m - 1$ of the layer below. How *many* pixels is that through all layers, the
# **receptive field**? Each layer adds its $k_m - 1$ more places, each worth the product of all strides below it:
#
# $$ R = 1 + \sum_m (k_m - 1) \prod_{q < m} s_q . $$
#
# With kernel 4 and stride 2 throughout, the sum is geometric, and $M$ layers give
# $R = 1 + 3\,(2^M - 1) = 3 \cdot 2^M - 2$: 4, 10, 22, 46 pixels. For the check we multiply the layers' matrices and
# look where the product is not zero. With weights 1 the product also counts the *ways* from each pixel to the unit.

# %% tags=["nbval-check-output"]
SIDE = 96
ways, n = np.eye(SIDE), SIDE
fields = {}
for depth in (1, 2, 3, 4):
    ways = convolution_matrix(np.ones(4), n, 2) @ ways
    n //= 2
    fields[depth] = ways[n // 2]  # a unit in the middle
    seen = np.flatnonzero(fields[depth])
    print(
        f"{depth} layers: pixels {seen[0]} to {seen[-1]}, {len(seen)} of them; 3 * 2^M - 2 = {3 * 2**depth - 2}"
    )
    assert len(seen) == 3 * 2**depth - 2 == seen[-1] - seen[0] + 1

# %% fold="Draw the ways to one unit"
figure, axes = plt.subplots(figsize=(7, 3.2))
for (depth, field), role, style in zip(
    fields.items(),
    ("real", "fake", "generator", "discriminator"),
    ("-", "--", "-.", ":"),
    strict=True,
):
    axes.step(
        np.arange(SIDE) - np.flatnonzero(field).mean(),
        field / field.max(),
        where="mid",
        color=plots.COLOURS[role],
        linestyle=style,
        label=f"{depth} layer{'s' * (depth > 1)}: {3 * 2**depth - 2} pixels",
    )
axes.set(
    title="Ways from each pixel to one unit, kernel 4, stride 2",
    xlabel="pixel, counted from the middle of the field",
    ylabel="ways, largest = 1",
    xlim=(-26, 46),
)
axes.legend(loc="upper right")
plots.show(
    figure,
    alt="Four curves of the number of ways from each pixel to one unit. With one layer it is a box of four "
    "pixels. With every layer more it becomes wider, 10, 22 and 46 pixels, with a flat middle and ends that fall off "
    "in steps.",
)

# %% [markdown]
# The field's ends have few ways, and so little say: the pixels that really count are fewer than $R$. (In deep
# stacks of small kernels the weight gathers in the middle like a bell curve: Luo and others, 2016.)
#
# ### Up
# For a generator read everything backwards, for its matrices are transposes: the *column* of the product says where a
# pixel of the small picture paints. With two layers of kernel 4 and stride 2, as in a 28 x 28 generator, one pixel
# of the 7 x 7 picture paints 10 x 10 pixels. **Two output pixels ten or more apart have no pixel of the small
# picture in common**; all they share is $z$. That left and right sleeve match, the dense layer at the start must
# arrange; and to notice when they do not, $D$ must see both, which no unit of its convolutions does: only its last,
# dense layer.
#
# ## Exercise 5: predict what it sees
# Write `seen_pixels(index, layers)`: the first and the last pixel that unit `index` of the *last* layer sees, as a
# tuple of two whole numbers. `layers` lists `(kernel, stride, left)`, the first layer (next to the picture) first. Do
# not cut at the borders: a field may begin at $-3$ (in the zeros). For example, `seen_pixels(3, [(4, 2, 1)])` is
# `(5, 8)`. In which direction do you go through the layers?


# %% role="exercise" grade_id="seen_pixels"
# Exercise 5
def seen_pixels(index, layers):
    """(first, last) pixel that unit `index` of the last layer sees; a layer is (kernel, stride, left)."""
    ### BEGIN SOLUTION
    first = last = index
    for kernel, stride, left in reversed(layers):
        first = stride * first - left
        last = stride * last - left + kernel - 1
    return first, last
    ### END SOLUTION


# %% role="check" grade_id="seen_pixels"
checked_seen_pixels = check(
    5,
    "seen_pixels",
    cases=[
        ((3, [(4, 2, 1)]), (5, 8)),
        ((0, [(4, 2, 1), (4, 2, 1)]), (-3, 6)),
        ((5, [(5, 2, 2), (3, 1, 1), (4, 3, 0)]), (26, 40)),
    ],
    mistakes={
        "Start at the unit, in the last layer, and go down to the picture: the list is in the other order.": [
            (5, 8),
            (-3, 6),
            (21, 42),
        ],
        "A kernel of k covers the places 0 to k - 1: the last one is one less than you say, in every layer.": [
            (5, 9),
            (-3, 9),
            (26, 45),
        ],
        "The zeros on the left move everything to the left: subtract them in each layer.": [
            (6, 9),
            (0, 9),
            (30, 44),
        ],
        "No borders here: the field may begin in the zeros, below 0.": [
            (5, 8),
            (0, 6),
            (26, 40),
        ],
        "This is the field's size added to its start. The last pixel is start + size - 1.": [
            (5, 9),
            (-3, 7),
            (26, 41),
        ],
    },
    hint="One layer takes place i to s * i - left, and its last place to k - 1 more. Follow both ends down.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="seen_pixels" points=1 tolerance=1e-9
found = []
for depth in (2, 3, 4, 5):
    stack = [
        (int(random.integers(2, 7)), int(random.integers(1, 4)), int(random.integers(1, 3)))
        for _ in range(depth)
    ]
    found += [list(seen_pixels(index, stack)) for index in (0, int(random.integers(3, 30)))]
publish(fields=found)

# %% [markdown]
# Now run it. One pixel of a signal of 28 is changed at a time, and we note whether unit 3 of the seven units behind
# two layers (kernel 4, stride 2, one zero on the left) changes. `seen_pixels(3, [(4, 2, 1), (4, 2, 1)])` should say
# the same.

# %% role="spoiler"
random = np.random.default_rng(seed=13)
first_layer = convolution_matrix(random.normal(size=4), 28, 2)
second_layer = convolution_matrix(random.normal(size=4), 14, 2)


def unit_3(signal):
    hidden_units = first_layer @ signal
    return (second_layer @ np.where(hidden_units > 0, hidden_units, 0.2 * hidden_units))[3]


signal = random.normal(size=28)
moved = [j for j in range(28) if unit_3(signal + 9 * np.eye(28)[j]) != unit_3(signal)]
print("unit 3 changes with the pixels", moved)
print("first and last, as predicted:", *checked_seen_pixels(3, [(4, 2, 1), (4, 2, 1)]))

# %% [markdown]
# ## Play: stacks of layers
# Each row is what a layer makes, the input at the bottom; a pixel stands over the middle of what it sees. The grey bars
# count the ways into and out of each pixel, the coloured ones the ways between the pixel you look at and the other end.
# Write your answers down before you move anything (and then you need a running kernel).
#
# 1. Three layers of kernel 4 and stride 2: 22 pixels. How many with kernel 3? And with kernel 4 and stride 3?
# 2. Move the place of the pixel to 0. Why does it see fewer now?
# 3. Transposed convolutions, 7 pixels, two layers: how many pixels does an input pixel paint? And with a third layer?
# 4. Transposed, stride 2: for which kernels are the bars at the top even, away from the borders? Are they after two
#    layers, if they are after one?
#
# <details><summary>Answers</summary>
# 1. 1 + 2 (1 + 2 + 4) = 15, and 1 + 3 (1 + 3 + 9) = 40, more than the 32 pixels that are there. 2. The rest of its
# field lies in the zeros. 3. 10, then 22: the formula, read backwards. 4. For multiples of the stride; and what is even
# after one layer is so after two.
# </details>

# %%
from course_lib.panels.convolution_explorer import ConvolutionExplorer

ConvolutionExplorer().show()

# %% [markdown]
# ## Batch normalisation: two functions under one name
# ### In training
# Between the layers that grow, DCGANs put **batch normalisation**. In training it takes, for each channel, the mean
# $\mu$ and the variance $v$ over *the whole batch and all pixels*, and gives
#
# $$ \tilde a = \gamma\, \frac{a - \mu}{\sqrt{v + \epsilon}} + \beta $$
#
# with learned $\gamma$ and $\beta$ (1 and 0 at first) and a small $\epsilon$ against division by zero. At first every
# channel leaves it with mean 0 and variance 1, however large or small the weights before it are.
#
# Note what this does: the output for *one* picture depends on all others in its batch. A generator should be able to
# draw one picture alone. So the layer also keeps **running values**, moved a little in every training step,
#
# $$ \bar\mu \leftarrow m\, \bar\mu + (1 - m)\, \mu, \qquad \bar v \leftarrow m\, \bar v + (1 - m)\, v, $$
#
# with $m$ the momentum, starting at $\bar\mu = 0$ and $\bar v = 1$.
#
# ### In inference
# it puts these in place of $\mu$ and $v$, and changes nothing. That is *another function*, and it becomes the same
# one only when the running values have arrived. How soon? If every batch has the same $\mu$, the distance to it is
# multiplied by $m$ in every step:
#
# $$ \bar\mu_n - \mu = m\,(\bar\mu_{n-1} - \mu) = \dots = m^n (\bar\mu_0 - \mu) . $$
#
# A tenth of the distance is left when $m^n = 0.1$, so after $n = \ln 0.1 / \ln m$ steps: 22 for $m = 0.9$, and 229
# for Keras's default, 0.99. (Keras and PyTorch mean the opposite by "momentum": 0.9 here is 0.1 there.) The cell
# compares the formulas with the layer, to float32's accuracy of about 1e-6 for numbers near 1.

# %%
random = np.random.default_rng(seed=14)
batch = (3 * random.normal(size=(16, 6, 6, 2)) + [5.0, -2.0]).astype("float32")
mu, v = batch.mean(axis=(0, 1, 2), dtype="float64"), batch.var(axis=(0, 1, 2), dtype="float64")
EPSILON = 1e-3  # Keras's default

norm = layers.BatchNormalization(momentum=0.9)
in_training = norm(batch, training=True).numpy()
assert np.allclose(in_training, (batch - mu) / np.sqrt(v + EPSILON), atol=1e-5)
after = np.abs(in_training.mean(axis=(0, 1, 2))), in_training.var(axis=(0, 1, 2))
print(
    "in training: |mean| of the two channels",
    after[0].round(3),
    " variance",
    after[1].round(3),
)

print("\nsteps   running mean   m^n mu_0 + (1 - m^n) mu     first pixel, in inference")
for step in range(1, 61):
    if step > 1:
        norm(batch, training=True)
    by_formula = (1 - 0.9**step) * mu, 0.9**step + (1 - 0.9**step) * v
    if step in (1, 5, 22, 60):
        running = norm.moving_mean.numpy(), norm.moving_variance.numpy()
        assert np.allclose(running, by_formula, rtol=1e-4)
        pixel = norm(batch[:1], training=False).numpy()[0, 0, 0]
        expected = (batch[0, 0, 0] - by_formula[0]) / np.sqrt(by_formula[1] + EPSILON)
        assert np.allclose(pixel, expected, atol=1e-3)
        print(
            f"{step:5}   {running[0].round(3)}   {by_formula[0].round(3)}              {pixel.round(3)}"
        )
print(
    "the first pixel, in training:                               ",
    in_training[0, 0, 0].round(3),
)

# %% [markdown]
# ### The trap
# Which of the two functions runs is decided by the argument `training`. `fit` sets it for a model whose layers it
# runs itself. **In a train step you write yourself, you call the networks, and if you say nothing Keras takes
# inference**: no batch is ever normalised, and the running values never move. Nothing fails and nothing warns.
# Freezing does the same: a batch norm layer with `trainable = False` runs in inference even with `training=True`.
#
# The cell takes an untrained generator of the library for 48 x 48 pixels, with batch norm (momentum 0.9) after each
# hidden layer and the paper's small weights, $N(0, 0.02^2)$, and runs it in a train step that does nothing but draw:
# 100 steps with nothing said, then 100 with `training=True`. On the way it draws the same eight latents three times,
# with `training=False`, with `training=True`, and with `training=False` at the end. **Predict first:** what will the
# first row look like? Will the last one look like the second?


# %% role="spoiler"
class OnlyDraws(keras.Model):
    """A model with a train step of its own: no losses, no optimiser, the generator is called."""

    def __init__(self, generator, **arguments):
        super().__init__()
        self.generator, self.arguments = generator, arguments

    def train_step(self, latents):
        return {"mean": keras.ops.mean(self.generator(latents, **self.arguments))}


keras.utils.set_random_seed(15)
generator = networks.dcgan_generator(image_shape=(48, 48, 1), latent_size=32, width=8)
norms = [each for each in generator.layers if isinstance(each, layers.BatchNormalization)]
latents = random.normal(size=(16, 32)).astype("float32")


def moved_in_100_steps(**arguments):
    """Do the running values move when a train step calls generator(latents, **arguments)?"""
    before = [values for each in norms for values in each.get_weights()[2:]]
    model = OnlyDraws(generator, **arguments)
    model.compile()
    model.fit(np.tile(latents, (100, 1)), batch_size=16, shuffle=False, verbose=0)
    after = [values for each in norms for values in each.get_weights()[2:]]
    return not all(map(np.array_equal, before, after))


print("running values moved, nothing said: ", moved_in_100_steps())
rows = {"training=False, nothing moved yet": generator(latents, training=False).numpy()}
rows["training=True"] = generator(latents, training=True).numpy()
print("running values moved, training=True:", moved_in_100_steps(training=True))
rows["training=False, 100 steps later"] = generator(latents, training=False).numpy()
for each in norms:
    each.trainable = False
print("running values moved, frozen:       ", moved_in_100_steps(training=True))

# %% role="spoiler" fold="Draw the same eight latents three times"
brightest = np.abs(rows["training=True"]).max()  # one scale for all rows
figure, panels = plt.subplots(3, 1, figsize=(7.4, 3.9))
for axes, (name, pictures) in zip(panels, rows.items(), strict=True):
    print(f"standard deviation of the pixels, {name}: {pictures.std():.5f}")
    axes.imshow(
        plots.tile(pictures[:8] / brightest * 0.999, columns=8), cmap="gray", vmin=0, vmax=255
    )
    axes.set(title=name, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(False)
plots.show(
    figure,
    alt="Three rows of eight pictures from the same latents. Drawn in inference before the running values have moved "
    "they are plain grey. Drawn in training mode they have a grainy texture, each another one. A hundred steps later, "
    "inference draws what training mode drew.",
)

# %% [markdown]
# Plain grey. Each layer multiplies by weights of about 0.02, and without normalisation nobody brings the signal back
# to variance 1: four layers on, next to nothing of it is left. A generator trained this way has in truth been
# trained *without* batch norm. (And if you train properly, but then draw with `training=True` to be on the safe
# side, each picture depends on who else is in its batch.)
#
# ### And in the discriminator
# With batch norm in $D$ it also matters *which pictures share a batch*. Let all real pictures be a little brighter
# than all fakes. If real and fake go through $D$ in two calls, each batch is shifted to mean 0, and the first thing
# any judge would look at is gone. In one call for both it stays.

# %% tags=["nbval-check-output"]
random = np.random.default_rng(seed=16)
real = 0.3 + 0.2 * random.normal(size=(64, 8, 8, 1))
fake = -0.1 + 0.2 * random.normal(size=(64, 8, 8, 1))


def normalise(a):
    return (a - a.mean(axis=(0, 1, 2))) / np.sqrt(a.var(axis=(0, 1, 2)) + EPSILON)


both = normalise(np.concatenate([real, fake]))
print(
    f"in two batches: real {abs(normalise(real).mean()):.2f}, fake {abs(normalise(fake).mean()):.2f}"
)
print(f"in one batch:   real {both[:64].mean():.2f}, fake {both[64:].mean():.2f}")

# %% [markdown]
# The DCGAN paper has batch norm in $D$ too, but keeps it off the layer that sees the picture; with it everywhere the
# authors met oscillation and instability. This course's $D$ has none at all, so a picture's logit never depends on
# its neighbours in the batch, and real and fake can go through $D$ in one pass.
#
# ## Exercise 6: repair
# A batch norm in NumPy, without $\gamma$ and $\beta$. `batch_norm(a, running, training, momentum, epsilon)` takes
# `a` of shape (batch, height, width, channels) and `running`, a pair (mean, variance) of arrays with one number a
# channel. It returns a pair: what comes out, and the new `running` (unchanged in inference). The momentum is meant
# as in Keras. The version below has **four** faults, and none of them raises an error. Mend them with the formulas
# above. The check says which fault it meets first.


# %% role="exercise" grade_id="batch_norm"
# Exercise 6
def batch_norm(a, running, training, momentum, epsilon):
    """(normalised a, (running mean, running variance)); the numbers of `running` are one a channel."""
    ### BEGIN BROKEN
    # running_mean, running_variance = running
    # mean, variance = a.mean(axis=0), a.var(axis=0)
    # running_mean = (1 - momentum) * running_mean + momentum * mean
    # running_variance = (1 - momentum) * running_variance + momentum * variance
    # return (a - mean) / (np.sqrt(variance) + epsilon), (running_mean, running_variance)
    ### END BROKEN
    ### BEGIN SOLUTION
    running_mean, running_variance = running
    if training:
        mean, variance = a.mean(axis=(0, 1, 2)), a.var(axis=(0, 1, 2))
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_variance = momentum * running_variance + (1 - momentum) * variance
    else:
        mean, variance = running
    return (a - mean) / np.sqrt(variance + epsilon), (running_mean, running_variance)
    ### END SOLUTION


# %% role="check" grade_id="batch_norm"
def behaves_like_a_batch_norm(batch_norm):
    # Channel 0 has mean 3 and variance 1, channel 1 mean -1 and variance 4.
    a = np.array([[[[2.0, -3], [4, 1]]], [[[4, -3], [2, 1]]]])
    start = np.array([1.0, 0]), np.array([2.0, 1])

    kept = tuple(each.copy() for each in start)  # `a` may be spoilt, these may not

    def run(training):
        out, running = batch_norm.by_reference(a.copy(), kept, training, 0.75, 3.0)
        return np.asarray(out), [np.asarray(each) for each in running]

    out, running = run(True)
    if out.shape != a.shape:
        return f"What comes out has the shape {out.shape}; it should be that of a, {a.shape}."
    if all(each.shape == (1, 1, 1, 2) for each in running):
        return (
            "The running values have the shape (1, 1, 1, 2), which is what keepdims=True leaves. One number a channel "
            "is wanted, (2,): leave keepdims away, the channels are the last axis in any case."
        )
    if any(each.shape != (2,) for each in running):
        return (
            f"The running values of two channels have the shape {running[0].shape}: one mean for each place in the "
            "picture? In training a channel is averaged over the batch and all pixels."
        )
    if not np.allclose(out[0, 0, 0], [-1 / 2, -2 / np.sqrt(7)]):
        if np.allclose(out[0, 0, 0], [-1 / 4, -2 / 5]):
            return "Right but for epsilon: it stands under the root, beside the variance."
        return "In training, what comes out is wrong: see the first formula, with the batch's own mean and variance."
    if not np.allclose(running, [[1.5, -0.25], [1.75, 1.75]]):
        if np.allclose(running, [[2.5, -0.75], [1.25, 3.25]]):
            return "The running values move by `momentum`. In Keras that is the share of the old value that stays."
        return "The running values after a step in training are wrong: both mean and variance move, by momentum."
    if not np.allclose(kept, start):
        return (
            "The new running values are right, but the old ones, which you were given, are spoilt: += and the like "
            "work in place. Make new arrays."
        )
    out, running = run(False)
    if not np.allclose(out[0, 0, 0], [1 / np.sqrt(5), -3 / 2]):
        return "Training is right. In inference the running values take the place of the batch's own."
    if not np.allclose(running, start):
        return "In inference the running values changed; nothing is to be learnt there."
    return None


checked_batch_norm = check_that(
    6,
    "batch_norm",
    behaves_like_a_batch_norm,
    hint="Compare line by line with the three formulas.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="batch_norm" points=2
running = random.normal(size=3), random.uniform(0.5, 2, size=3)
momentum, epsilon = random.uniform(0.6, 0.95), random.uniform(0.05, 0.5)
published, untouched = [], True
for training in (True, False, True, False):
    a = random.uniform(0.5, 3) * random.normal(size=(4, 3, 5, 3)) + random.normal(size=3)
    given = tuple(each.copy() for each in running)  # `a` may be spoilt, these may not
    out, new = batch_norm.by_reference(a.copy(), given, training, momentum, epsilon)
    untouched = untouched and np.array_equal(given, running)
    running = tuple(map(np.array, new))
    published += [np.array(out), *running]
publish(values=published, untouched=untouched)

# %% [markdown]
# Yours beside Keras's layer: three steps of training, then a single picture in inference.

# %%
norm, running = layers.BatchNormalization(momentum=0.9), (np.zeros(2), np.ones(2))
for _ in range(3):
    theirs = norm(batch, training=True).numpy()
    yours, running = checked_batch_norm(batch, running, True, 0.9, EPSILON)
print(f"in training: they differ by {np.abs(yours - theirs).max():.0e} at most")
theirs = norm(batch[:1], training=False).numpy()
yours, _ = checked_batch_norm(batch[:1], running, False, 0.9, EPSILON)
print(f"in inference: {np.abs(yours - theirs).max():.0e}")

# %% [markdown]
# ## A stack, designed, built and run
# Now your functions work together. For a side of your choice they list the stacks that end there (`final_side`), say
# how uneven each may become (`predict_energies`: the strongest phase over the weakest, multiplied over the layers,
# which is the most that it can be) and how far one pixel of the first picture paints (`seen_pixels`, read backwards).
# The most even stack and the least even one are then built in Keras and run, untrained.


# %%
WANTED = 36  # pixels; try another side, from 20 to 60 or so


def unevenness(stack):
    """Strongest phase over weakest, multiplied over the layers: 1 is even."""
    ratios = []
    for _, kernel, stride, _ in stack:
        energies = checked_predict_energies((kernel, kernel), (stride, stride), 1, 1.0, 1.0)
        ratios.append(np.max(energies) / np.min(energies))
    return np.prod(ratios)


def painted(stack):
    """How many pixels wide one pixel of the first picture paints."""
    backwards = [(kernel, stride, 0) for _, kernel, stride, _ in reversed(stack)]
    first, last = checked_seen_pixels(0, backwards)
    return last - first + 1


def build(first, stack, outputs=1, channels=16):
    """The stack as a Keras model from 32 random numbers, with batch norm, before the tanh at the end."""
    network = keras.Sequential([keras.Input((32,)), layers.Dense(first * first * channels)])
    network.add(layers.Reshape((first, first, channels)))
    for number, (_, kernel, stride, padding) in enumerate(stack, 1):
        network.add(layers.BatchNormalization())
        network.add(layers.ReLU())
        filters = outputs if number == len(stack) else channels
        network.add(
            layers.Conv2DTranspose(
                filters, kernel, strides=stride, padding=padding, use_bias=False
            )
        )
    return network


found = stacks_that_end_at(WANTED)
assert found, f"No stack ends at {WANTED}: try another side."
plans = {
    "most even": min(found, key=lambda plan: (unevenness(plan[1]), -painted(plan[1]))),
    "least even": max(found, key=lambda plan: unevenness(plan[1])),
}
keras.utils.set_random_seed(21)
z = np.random.default_rng(22).normal(size=(32, 32)).astype("float32")
strengths, samples = {}, {}
for name, (first, stack) in plans.items():
    sides = [first]
    for layer in stack:
        sides.append(checked_final_side(sides[-1], [layer]))
    print(f"{name} of {len(found)}:", " -> ".join(map(str, sides)), "pixels by")
    print("   ", ", ".join(f"{k} stride {s} {padding}" for _, k, s, padding in stack))
    runs = [build(first, stack, outputs=20)(z, training=True).numpy() for _ in range(10)]
    print(
        f"    Keras makes {runs[0].shape[1]} x {runs[0].shape[2]}; uneven by at most", end=" "
    )
    print(f"{unevenness(stack):.1f} times; one pixel paints {painted(stack)}")
    strengths[name] = np.mean(np.square(runs), axis=(0, 1, -1))  # over networks and latents
    samples[name] = np.tanh(build(first, stack)(z, training=True).numpy())

# %% fold="Draw how strong each pixel is, and three pictures of each"
figure, panels = plt.subplots(2, 4, figsize=(9.6, 5))
for row, (name, strength) in zip(panels, strengths.items(), strict=True):
    row[0].imshow(strength, cmap="cividis", vmin=0, vmax=strength.max())
    row[0].set(title=f"{name}: mean square", ylabel="row")
    for axes, picture in zip(row[1:], samples[name][:3, ..., 0], strict=True):
        axes.imshow(picture, cmap="gray", vmin=-1, vmax=1)
        axes.set(title="one network")
    for axes in row:
        axes.set(xticks=range(0, WANTED, 12), yticks=range(0, WANTED, 12))
        axes.grid(False)
for axes in panels[1]:
    axes.set_xlabel("column")
plots.show(
    figure,
    alt="Two rows, each a map of the mean square over ten networks of twenty outputs and three grey pictures of one "
    "network. Above, for the most even stack, the map is smooth, bright in the middle and darker towards the borders, "
    "and yet stripes and dots repeat in the pictures. Below, for the least even one, the map itself is a strong grid.",
)

# %% [markdown]
# Away from the borders, where fewer stamps meet, the upper map has no grid, as your functions predicted, and yet its
# single pictures are not free of one: the two kinds of unevenness, side by side. What you choose in the next exercise
# decides about both.
#
# ## Exercise 7: your generator
# No points, and a great many right answers. Pictures in colour, 48 x 48 pixels. Write
# `make_generator(latent_size)`: a Keras model from latents (batch, latent_size) to pictures (batch, 48, 48, 3) in
# [-1, 1], with **at most 500,000 parameters**. Choose everything: the first small picture, the strides, transposed
# convolutions or resizing, kernels, channels, where to normalise. Import what you need inside the function. Plan it
# on paper first, as `final_side` would count it, and decide about checkerboards on purpose. When the generator is
# right, the check also says what its pattern is, untrained.


# %% role="exercise" grade_id="make_generator"
# Exercise 7
def make_generator(latent_size):
    """A Keras model: (batch, latent_size) -> pictures (batch, 48, 48, 3), at most 500,000 parameters."""
    ### BEGIN SOLUTION
    import keras
    from keras import layers

    generator = keras.Sequential([keras.Input((latent_size,))])
    generator.add(layers.Dense(6 * 6 * 64, use_bias=False))
    generator.add(layers.Reshape((6, 6, 64)))
    generator.add(layers.BatchNormalization(momentum=0.9))
    generator.add(layers.ReLU())
    for channels in (64, 32):
        generator.add(layers.UpSampling2D())
        generator.add(layers.Conv2D(channels, 3, padding="same", use_bias=False))
        generator.add(layers.BatchNormalization(momentum=0.9))
        generator.add(layers.ReLU())
    generator.add(layers.Conv2DTranspose(3, 4, strides=2, padding="same"))
    generator.add(layers.Activation("tanh", dtype="float32"))
    return generator
    ### END SOLUTION


# %% role="check" grade_id="make_generator"
def draws_pictures_of_48(make_generator):
    network = make_generator(20)
    takes = getattr(network, "input_shape", None)
    if takes not in (None, (None, 20)):
        return f"Made for latent_size = 20 it takes {takes}, and should take (None, 20)."
    latents = np.random.default_rng(0).standard_normal((16, 20), dtype="float32")
    images = np.asarray(network(latents, training=True), "float32")
    if images.shape != (16, 48, 48, 3):
        return (
            f"Sixteen latents should give pictures of shape (16, 48, 48, 3), but gave {images.shape}. Print the shape "
            "after every layer."
        )
    if not np.isfinite(images).all():
        return "Some pixels are nan or infinite."
    extreme = np.asarray(network(1000 * latents, training=False), "float32")
    if max(np.abs(images).max(), np.abs(extreme).max()) > 1:
        return "Pixels lie outside [-1, 1], if not for these latents then for larger ones. Which function comes last?"
    if min(images.min(), extreme.min()) >= 0:
        return "No pixel is ever below 0, but pictures go from -1 to 1, and a sigmoid from 0 to 1: end it in tanh."
    if images.std(axis=0).max() < 1e-6:
        return "All latents give the same picture."
    if np.asarray(network(latents[:1], training=False)).shape != (1, 48, 48, 3):
        return "A batch of one picture has another shape: leave the batch size open."
    if network.count_params() > 500_000:
        return f"It has {network.count_params():,} parameters; 500,000 are allowed. Which layer holds most of them?"
    share = repeating_share(np.moveaxis(images, -1, 1).reshape(-1, 48, 48)[:, 8:-8, 8:-8])
    print(
        f"{network.count_params():,} parameters; untrained, {share:.0%} of a picture repeats every 2 pixels."
    )
    return None


checked_make_generator = check_that(
    7, "make_generator", draws_pictures_of_48, otherwise=OUR_ANSWER
)

# %% [markdown]
# And here is what it draws before it has seen a single picture: eight samples, and the mean of 200, in which a grid
# shows best.

# %% role="spoiler" fold="Draw with your generator"
network = checked_make_generator(32)
z = np.random.default_rng(23).normal(size=(200, 32)).astype("float32")
pictures = np.asarray(network(z, training=True), "float32")
figure, panels = plt.subplots(1, 2, figsize=(9.6, 2.8), width_ratios=(3, 1))
panels[0].imshow(plots.tile(pictures[:8], columns=4))
panels[0].set(title="eight samples, untrained", xticks=[], yticks=[])
mean = pictures.mean(axis=(0, -1))
panels[1].imshow(mean, cmap="gray")
panels[1].set(title="mean of 200", xlabel="column", ylabel="row")
for axes in panels:
    axes.grid(False)
plots.show(
    figure,
    alt="Eight coloured textures drawn by the untrained generator of exercise 7, and the mean of 200 of them in grey.",
)

# %% [markdown]
# ## What we saw
# - Shrinking gives $\lfloor (n - k)/s \rfloor + 1$ or $\lceil n/s \rceil$ pixels, growing $(n - 1) s + k$ or $n s$. A
#   generator's first side times its strides is the side wanted.
# - A transposed convolution is the transpose of a convolution's matrix: stamps that overlap and add up. It undoes the
#   shape and not the values, and it is how gradients go back through a convolution.
# - Checkerboards are of two kinds. Uneven strength, 9 : 6 : 6 : 4, goes away if the stride divides the kernel. Uneven
#   levels do not; resizing before an ordinary convolution, or an even start, removes them.
# - Not cured by: larger kernels that the stride does not divide, batch norm, one more convolution, curing $G$ alone.
#   Training weakens the grid; where there is something to see, some of it stays.
# - A unit sees $1 + \sum_m (k_m - 1) \prod_{q<m} s_q$ pixels, and turned round that is what a pixel paints.
# - Batch norm is one function in training and another in inference. In a train step of your own say `training=True`.
#
# ## Quiz
#
# <details><summary>1. A generator must draw 60 x 60. Name two stacks of "same" layers that do it, and one first
# side from which strides of 2 alone cannot get there.</summary> 15 · 2 · 2 and 5 · 3 · 2 · 2, for example. From 8
# one gets to 16, 32, 64; 60 divided by 2 twice is 15, and odd, so only 15, 30 (and 60 itself) work with strides of
# 2.</details>
#
# <details><summary>2. Somebody calls Conv2DTranspose the inverse of Conv2D. What do you answer?</summary> It has
# the transposed matrix, so it brings back the shape. The inverse would bring back the values, and cannot exist: a
# stride-2 layer leaves fewer numbers than it was given.</details>
#
# <details><summary>3. Kernel 6, stride 3. Which of the two kinds of checkerboard can occur at the start of
# training? </summary> Only the second. Each phase has two weights (four in the plane), so the strengths are equal.
# The nine phases still have nine independent sums, so flat in is not flat out.</details>
#
# <details><summary>4. Your G uses UpSampling2D and Conv2D, and yet its pictures show a fine grid while training.
# Where would you look?</summary> In D: if it shrinks by kernels that its stride does not divide, such as 3 with
# stride 2, the gradient that reaches the pixels is uneven, 4 : 2 : 2 : 1. G can follow it only in part, but it is
# pushed that way all the time. (And check that no transposed layer is left, for example the last one.)</details>
#
# <details><summary>5. Samples look fine during training, where they are drawn with training=True, and grey after
# loading the saved model. What happened?</summary> Probably the running values never moved, or not far enough: the
# train step called G without training=True, or the batch norm layers were frozen, or momentum 0.99 had too few
# steps. In inference G uses running values, and those are still near 0 and 1.</details>
#
# ## Where next
# Lesson 6 puts these layers into a DCGAN and trains it; its kernels are 4 x 4, and now you know what that buys and
# what not. Lesson 8 is a clinic for GANs that went wrong. If you like an open end: in lesson 6, measure
# `repeating_share` of the samples' middles every few hundred steps. Does the grid go, and does it stay away?
#
# ## References
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, arXiv:1603.07285. Chapters 2
#   and 4: every case of shapes, with drawings.
# - A. Odena, V. Dumoulin, C. Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016. All of it; it also
#   has the gradients of strided convolutions.
# - W. Shi and others, *Is the deconvolution layer the same as a convolutional layer?*, 2016, arXiv:1609.07009. The
#   phases as small convolutions of their own.
# - A. Aitken and others, *Checkerboard artifact free sub-pixel convolution*, 2017, arXiv:1707.02937. The even start.
# - W. Luo, Y. Li, R. Urtasun, R. Zemel, *Understanding the effective receptive field in deep convolutional neural
#   networks*, NeurIPS 2016. Sections 2 and 3.
# - S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate
#   shift*, ICML 2015. Section 3, with algorithm 2 for inference.
# - A. Radford, L. Metz, S. Chintala, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, 2015, arXiv:1511.06434. Section 3: the rules for both networks.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two sittings. A sixth of the time for shapes with exercise 1, a fifth for the matrix with exercise 2, a
# third for checkerboards with 3 and 4, the rest for fields with 5 and batch norm with 6. Exercise 7 is homework. With
# less time leave out exercises 2 and 4, the section on receptive fields and all second reading.
#
# **Usual misconceptions.**
#
# - "Kernel 4 with stride 2 has no checkerboard." The heart of the lesson: equal on average over networks is not equal
#   within one. Let the class vote before the single-network picture.
# - "Transposed means inverse." Ask for the inverse of a 2 x 4 matrix.
# - "The first layer of the list sees first, so start there" (exercise 5). The question starts at the unit.
# - "Equal means of the phases" (exercise 4). An output pixel adds, so sums count.
# - "Batch norm will even it out." It does not know that phases exist.
#
# **Ask.**
#
# - "Why is exercise 4's target no plain mean?" (A phase with more numbers is cheaper to move.)
# - "Resizing gives equal strengths. Is the picture then free of any trace of the 2 x 2 blocks?" (No: for
#   independent input pixels the mean square of the *difference* of neighbours still alternates, 4 : 2, with whether
#   they lie in one block. Write out $w_0, w_1, w_2$ for both phases.)
# - "Where does tanh come in?" (Nowhere for flatness: it is applied to each pixel alone.)
# - "Would a learnt $\beta$ per phase help?" (Yes, a bias per phase could cancel levels. No layer has one.)
