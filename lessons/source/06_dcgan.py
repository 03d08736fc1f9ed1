# %% [markdown]
# # 6. DCGAN
# In this lesson a network learns to draw clothes. You build its two halves layer by layer, start the game between
# them, and watch shirts, shoes and bags come out of noise within about a minute. Then you stop the training,
# kill it, bring it back to life bit for bit, and go for walks in the space of all garments it knows.
#
# **You will be able to**
#
# - state the rules of the DCGAN and give the reason for each;
# - build a convolutional generator and discriminator, and count by hand what they cost;
# - train a GAN with live pictures, save it, and resume it so that nothing is lost;
# - walk, calculate and truncate in latent space, and say where the generator can be trusted;
# - choose a size of network from measurements, and use TensorBoard, a GPU and 16-bit numbers.
#
# **Time:** {minutes} minutes, eight exercises included; all cells together run in under three. **Assumed:** a first
# Keras course (dense and convolutional layers, an optimiser), and the game of lesson 1. Lessons 2 to 5 take up single
# points more deeply; you can do this one without them.
#
# **Notation.** Data $x \sim p_{data}$, noise $z \sim p_z = N(0, I_d)$, generator $G(z; \theta)$ with samples
# $\tilde x = G(z)$, discriminator $D(x; \phi) = \sigma(l(x))$ with $\sigma$ the sigmoid and $l(x)$ the logit.

# %% role="setup"
import io
import itertools
import math

import keras
import numpy as np
from keras import layers

from course_lib.checks import check, check_that
from course_lib.models import networks


def small_weights():
    """Weights from N(0, 0.02^2): a new object for each layer, so that no two layers begin with the same numbers."""
    return keras.initializers.RandomNormal(stddev=0.02)


# %% role="setup" fold="What the checks of both networks use"
def set_at_random(network, seed):
    """Give a network weights of a size that every layer shows in what comes out; returns them as a list."""
    random = np.random.default_rng(seed)
    shapes = [w.shape for w in network.get_weights()]
    network.set_weights(
        [
            random.normal(0, 0.3, s) if len(s) > 1 else random.uniform(-0.4, 0.8, s)
            for s in shapes
        ]
    )
    return network.get_weights()


def about_its_start(network):
    """What is wrong with the numbers a network starts from; None if nothing."""
    kernels = [w for w in network.get_weights() if w.ndim > 1 and w.size >= 200]
    for kernel in kernels:
        if not 0.015 < kernel.std() < 0.025:
            return (
                f"A kernel of shape {kernel.shape} starts with deviation {kernel.std():.3f}, not 0.02: give each "
                "convolution and dense layer its own `small_weights()`."
            )
    for one, other in itertools.combinations(kernels, 2):
        if np.isin(one.ravel()[:100], other.ravel()).mean() > 0.5:
            return "Two layers start with the same numbers: each wants a new initialiser, without a seed."
    return None


def leaky(a, slope=0.2):
    return np.where(a > 0, a, slope * a)


def relu(a):
    return np.maximum(a, 0)


def keras_leaky(a):
    return leaky(a, slope=0.3)


def unchanged(a):
    return a


# %% [markdown]
# ## What you are going to make
# Above, garments from Fashion-MNIST. Below, what the networks of this lesson draw after 3,200 steps, about as many
# as we shall take: each picture from 64 random numbers. (They were trained beforehand, by a script in the repository,
# `data/make_pretrained_generator.py`. Yours will draw other garments, because it starts from other weights.)
#
# First the hardware. `device.configure` wants to be asked before anything is computed. It makes runs repeatable, and
# gives each operation one processor core: our networks are so small that sharing their work out costs more than it
# saves. We compute in ordinary 32-bit numbers; other formats have their section further down.

# %% fold="Real garments, and what the networks of this lesson draw"
import matplotlib.pyplot as plt

from course_lib import datasets, device, plots
from course_lib.models import pretrained

device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
plots.use_course_style()
garments = datasets.load("fashion_mnist")

z = np.random.default_rng(3).standard_normal((12, 64), dtype="float32")
drawn = np.asarray(pretrained.generator(step=3200)(z, training=False))
figure, panels = plt.subplots(2, 1, figsize=(6.4, 1.8))
titles = ("Real: photographs from Fashion-MNIST", "Drawn by the generator")
for axes, images, title in zip(
    panels, (garments.images_train[:12], drawn), titles, strict=True
):
    axes.imshow(plots.tile(images, columns=12), cmap="gray", interpolation="nearest")
    axes.set_title(title)
    axes.set_axis_off()
plots.show(
    figure,
    alt="Two rows of twelve small grey pictures of clothes. The upper row is real, the lower row drawn by a network: "
    "its shirts, trousers and shoes can be told at a glance; a fine pattern of dots lies over them.",
)

# %% [markdown]
# ## The rules
# The first GANs were made of dense layers. Larger ones, with convolutions, were hard to train at all, until
# Radford, Metz and Chintala tried many designs and wrote down in 2015 what the good ones had in common.
# Networks that keep to these rules are called **DCGANs**, deep convolutional GANs.
#
# | rule | in | why |
# |---|---|---|
# | strided convolutions, no pooling | D | pooling forgets where things are; a stride learns how to shrink |
# | transposed convolutions, stride 2 | G | the same backwards: the network learns how to enlarge |
# | no dense layers between convolutions | both | they hold most weights and do not know that pixels have neighbours |
# | batch norm, not on G's output and D's input | both | keeps signals at size one on their way through random weights |
# | ReLU, and tanh at the end | G | tanh bounds pixels to (-1, 1), the range of the data |
# | LeakyReLU, slope 0.2 | D | G learns only through D, so no unit of D may be shut |
# | weights start as $N(0, 0.02^2)$ | both | D begins undecided: neither side has won before the game begins |
# | Adam with $\beta_1 = 0.5$ | both | a short memory: the opponent moves, so old gradients mislead |
#
# In the next sections you build both networks from these rules. In one point we depart from them: our D has no batch
# normalisation, so real and fake pictures can go through it in one pass, which is faster, and in our measurements the
# scores were no worse. And we add three layers that are not in the paper, because they paid when we measured them
# (`course_lib/benchmark/NOTES.md`): two in D, one in G. You meet each in its place.

# %% [markdown]
# ## The discriminator, piece by piece
# ### A convolution that shrinks
# A convolution with stride $s$ puts its kernel on every $s$-th pixel only. With `padding="same"` a side of
# $n$ pixels becomes
#
# $$ n' = \lceil n / s \rceil . $$

# %% tags=["nbval-check-output"]
tiny = keras.random.normal((1, 8, 8, 1), seed=0)
shrink = layers.Conv2D(3, kernel_size=4, strides=2, padding="same")
print("one grey picture", tiny.shape, "-> three channels", tuple(shrink(tiny).shape))

for n in (28, 14, 7, 5):
    for s in (2, 3):
        seen = layers.Conv2D(1, 4, strides=s, padding="same")(
            keras.ops.zeros((1, n, n, 1))
        ).shape[1]
        print(f"n = {n:2}, s = {s}: formula {math.ceil(n / s):2}, Keras {seen:2}")

# %% [markdown]
# ### A unit that never shuts
# A ReLU is 0 for every negative input, and so is its slope: no gradient comes through. LeakyReLU keeps a slope of
# 0.2. If inputs are as often negative as positive, the mean slope is $\frac{0 + 1}{2} = 0.5$ for one and
# $\frac{0.2 + 1}{2} = 0.6$ for the other; but what matters is the share of units with no slope at all.

# %% tags=["nbval-check-output"]
import tensorflow as tf

inputs = tf.random.stateless_normal((100_000,), seed=(0, 1))
for name, activation in (("ReLU", layers.ReLU()), ("LeakyReLU", layers.LeakyReLU(0.2))):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(activation(inputs))
    slopes = tape.gradient(total, inputs).numpy()
    print(
        f"{name:9}  mean slope {slopes.mean():.2f}, share without slope {np.mean(slopes == 0):.2f}"
    )

# %% [markdown]
# ### A number for variety
# D looks at pictures one by one, so a generator that draws the same good shoe again and again could fool it. Karras
# and others (2018) let D see how much the pictures of a group differ: for each feature the standard deviation over the
# group, then the mean of all of these, one number. It is laid beside the features as one more channel. In the library
# the layer is called `MinibatchDeviation`; its groups are eight pictures that follow each other.

# %% tags=["nbval-check-output"]
features = np.random.default_rng(0).normal(size=(16, 7, 7, 3)).astype("float32")
features[8:] = features[8]  # the second group: eight times the same
seen = np.asarray(networks.MinibatchDeviation()(features))
print(features.shape, "->", seen.shape)
by_hand = np.std(features[:8], axis=0).mean()
print(f"eight different pictures: {seen[0, 0, 0, 3]:.4f}, by hand {by_hand:.4f}")
print(f"eight times the same:     {seen[8, 0, 0, 3]:.4f}")

# %% [markdown]
# ## Exercise 1: the discriminator
# Two strided layers take 28 x 28 pixels to 7 x 7, while the number of channels doubles: less *where*, more *what*. Then
# comes the number for variety, then a **hidden layer** (the second of our additions: it can weigh a feature in one
# corner against one in another), and at last one number, the logit $l(x)$. There is no sigmoid at the end: the losses
# take the logit itself, because the logarithm of a sigmoid overflows where $D$ is sure, and the same thing written
# with logits does not (lesson 3).
#
# Write `build_discriminator(image_shape, channels, hidden)`. It returns a Keras model from pictures
# (batch, *image_shape) to logits (batch, 1), made of these layers and no others:
#
# - for each number in `channels`, a convolution with that many channels, a 4 x 4 kernel, stride 2 and "same" padding,
#   then a LeakyReLU of slope 0.2;
# - `networks.MinibatchDeviation()`;
# - `layers.Flatten()`, a dense layer of `hidden` units, and a LeakyReLU of slope 0.2;
# - a dense layer of one unit, the logit.
#
# Convolutions and dense layers have biases (they do unless told otherwise) and start from
# `kernel_initializer=small_weights()`. The one that we shall train is
# `build_discriminator((28, 28, 1), (16, 32), 256)`, but colour pictures of another size and three layers should work
# just as well. A list of layers goes into `keras.Sequential`, and begins with `keras.Input(image_shape)`.


# %% role="exercise" grade_id="build_discriminator"
# Exercise 1
def build_discriminator(image_shape, channels, hidden):
    """A Keras model: pictures (batch, *image_shape) in [-1, 1] -> logits (batch, 1)."""
    ### BEGIN SOLUTION
    discriminator = keras.Sequential([keras.Input(image_shape)], name="discriminator")
    for count in channels:
        discriminator.add(
            layers.Conv2D(
                count, 4, strides=2, padding="same", kernel_initializer=small_weights()
            )
        )
        discriminator.add(layers.LeakyReLU(0.2))
    discriminator.add(networks.MinibatchDeviation())
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(hidden, kernel_initializer=small_weights()))
    discriminator.add(layers.LeakyReLU(0.2))
    discriminator.add(layers.Dense(1, kernel_initializer=small_weights()))
    return discriminator
    ### END SOLUTION


# %% role="check" grade_id="build_discriminator"
def logits_by_hand(weights, images, inside=leaky, last=leaky):
    """D from its weights: `inside` after the convolutions, `last` after the hidden layer."""
    *convolutions, kernel, bias, to_logit, its_bias = weights
    for k, b in zip(convolutions[::2], convolutions[1::2], strict=True):
        images = inside(np.asarray(keras.ops.conv(images, k, 2, "same")) + b)
    images = np.asarray(networks.MinibatchDeviation()(images))
    return last(images.reshape(len(images), -1) @ kernel + bias) @ to_logit + its_bias


def tells_as_by_hand(build_discriminator):
    shape, channels, hidden = (24, 30, 2), (5, 6, 8), 9
    network = build_discriminator(shape, channels, hidden)
    if not getattr(network, "inputs", None):
        return (
            f"It should return keras.Sequential or keras.Model(inputs, outputs), with a keras.Input in front; this is "
            f"a {type(network).__name__}."
        )
    if network.input_shape != (None, *shape):
        return f"Made for pictures {shape} it takes {network.input_shape}, and should take {(None, *shape)}."
    if network.output_shape != (None, 1):
        return f"It should give logits of shape (None, 1), and gives {network.output_shape}."
    sides, sizes, before = (24, 30), [], 2
    for count in channels:
        sides = tuple(math.ceil(side / 2) for side in sides)
        sizes += [(4, 4, before, count), (count,)]
        before = count
    flat = sides[0] * sides[1]
    sizes += [(flat * (before + 1), hidden), (hidden,), (hidden, 1), (1,)]
    seen = [w.shape for w in network.get_weights()]
    kinds = [type(layer).__name__ for layer in network.layers]
    if seen != sizes:
        if "BatchNormalization" in kinds:
            return "It has batch norms, and ours should have none."
        if seen == [size for size in sizes if len(size) > 1]:
            return "The biases are missing: leave `use_bias` alone."
        if (flat * before, hidden) in seen:
            return "The number for variety is missing: `networks.MinibatchDeviation()` before `Flatten`."
        if (hidden, 1) not in seen:
            return f"There is no hidden layer of {hidden} units in front of the logit."
        kernels = [size for size in seen if len(size) == 4]
        if [size for size in sizes if len(size) == 4] != kernels:
            return f"For channels = {channels} the kernels' shapes are {', '.join(map(str, kernels))}."
        return 'Weights have other shapes than described. Has every convolution stride 2 and "same" padding?'
    wrong = about_its_start(build_discriminator((12, 20, 3), (16, 24), 256))
    if wrong:
        return wrong
    if any(w.any() for w in network.get_weights() if w.ndim == 1):
        return "Biases start from 0."
    images = np.random.default_rng(1).uniform(-1, 1, (16, *shape)).astype("float32")
    weights = set_at_random(network, 2)
    result = np.asarray(network(images, training=True))
    right = logits_by_hand(weights, images)
    near = {"rtol": 1e-3, "atol": 1e-3}
    if np.allclose(result, right, **near):
        return None
    for wrong, hint in (
        (
            1 / (1 + np.exp(-np.clip(right, -50, 50))),
            "This is sigmoid(l); the logit itself is wanted.",
        ),
        (
            logits_by_hand(weights, images, last=unchanged),
            "The hidden layer lacks its LeakyReLU.",
        ),
        (
            logits_by_hand(weights, images, inside=unchanged),
            "The convolutions lack their LeakyReLU.",
        ),
        (
            logits_by_hand(weights, images, keras_leaky, keras_leaky),
            "The slope is Keras's own, 0.3; ours is 0.2: `layers.LeakyReLU(0.2)`.",
        ),
        (
            logits_by_hand(weights, images, relu, relu),
            "These are ReLUs. In D no unit may be shut: LeakyReLU.",
        ),
    ):
        if np.allclose(result, wrong, **near):
            return hint
    return "All weights have the right shapes, but the logits are not those by hand. What is missing?"


checked_build_discriminator = check_that(
    1,
    "build_discriminator",
    tells_as_by_hand,
    hint="Print `model.summary()` and go through the list in the text.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="build_discriminator" points=2 tolerance=1e-3
image_shape = (
    int(random.integers(9, 24)),
    int(random.integers(9, 24)),
    int(random.integers(1, 4)),
)
channels = [int(c) for c in random.integers(4, 12, size=3)]
network = build_discriminator(image_shape, channels, int(random.integers(8, 20)))
fresh = build_discriminator((9, 9, 2), [8, 9], 500).get_weights()
kernels = [w for w in fresh if w.ndim > 1]
network.set_weights([random.normal(0, 0.3, w.shape) for w in network.get_weights()])
images = random.uniform(-1, 1, (16, *image_shape)).astype("float32")
publish(
    logits=np.asarray(network(images, training=True)),
    small_weights=sum(0.015 < each.std() < 0.025 for each in kernels),
    different_weights=len({tuple(each.ravel()[:3]) for each in kernels}),
)

# %% [markdown]
# ### Before it has learnt anything
# This is your discriminator, if the check found it right, and ours otherwise. How do 64 pictures go through it?

# %%
WIDTH = 16  # channels next to the picture; the other sizes are multiples of it

keras.utils.set_random_seed(1)  # so that we see the same numbers
discriminator = checked_build_discriminator((28, 28, 1), (WIDTH, 2 * WIDTH), 256)
for layer in discriminator.layers:
    print(f"{layer.__class__.__name__:20} {layer.output.shape}")

# %% [markdown]
# What does it say? The weights are small, so the logits are near 0 and $D$ is near $\sigma(0) = \frac12$ for every
# picture: "I cannot tell". With the losses of the non-saturating game, written in logits with
# $\mathrm{softplus}(l) = \log(1 + e^{l})$,
#
# $$ L_D = \mathbb E[\,\mathrm{softplus}(-l(x))\,] + \mathbb E[\,\mathrm{softplus}(l(\tilde x))\,], \qquad
#    L_G = \mathbb E[\,\mathrm{softplus}(-l(\tilde x))\,], $$
#
# that gives $L_D = 2 \log 2 \approx 1.386$ and $L_G = \log 2 \approx 0.693$. Remember the first of these: it is what
# a discriminator pays that only guesses.

# %%
from course_lib.models import losses

game = losses.get("non_saturating")
noise = np.random.default_rng(0).uniform(-1, 1, (64, 28, 28, 1)).astype("float32")
real_logits, fake_logits = discriminator(garments.images_train[:64]), discriminator(noise)
print(f"D on real pictures: {float(tf.reduce_mean(tf.sigmoid(real_logits))):.3f}")
loss_d, loss_g = game.discriminator(real_logits, fake_logits), game.generator(fake_logits)
print(f"L_D = {float(loss_d):.3f}, 2 log 2 = {2 * math.log(2):.3f}")
print(f"L_G = {float(loss_g):.3f},   log 2 = {math.log(2):.3f}")

logits = fake_logits.numpy().astype("float64")
D = 1 / (1 + np.exp(-logits))
difference = np.log1p(np.exp(logits)) + np.log(1 - D)
print(f"largest difference of softplus(l) and -log(1 - D): {np.abs(difference).max():.0e}")

# %% [markdown]
# ### What it costs
# A convolution with a $k \times k$ kernel from $C_{in}$ to $C_{out}$ channels, whose output has $H \times W$ pixels,
# computes each of its $H W C_{out}$ output numbers as a sum of $k^2 C_{in}$ products. So
#
# $$ \text{parameters} = k^2 C_{in} C_{out} + C_{out}, \qquad \text{multiplications} = H W k^2 C_{in} C_{out} . $$
#
# The number of parameters knows nothing of the picture's size, the number of multiplications does. (Biases are
# added, not multiplied. Multiplications with the zeros of the padding count too: the machine does them.) By hand for
# the first layer of our D, and with TensorFlow's own counter, which counts a multiplication and its addition as two:

# %% tags=["nbval-check-output"]
first = next(layer for layer in discriminator.layers if layer.count_params())
parameters = 4 * 4 * 1 * WIDTH + WIDTH
multiplications = 14 * 14 * 4 * 4 * 1 * WIDTH
print("parameters:      by hand", parameters, " Keras", first.count_params())

# The counter belongs to an older part of TensorFlow, which would say so at length.
tf.get_logger().setLevel("ERROR")


def counted_multiplications(network, input_shape):
    """Half of TensorFlow's count of operations for one picture; biases and norms are in it."""
    graph = tf.function(network).get_concrete_function(tf.TensorSpec((1, *input_shape))).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    counted = tf.compat.v1.profiler.profile(graph, options={**options, "output": "none"})
    return counted.total_float_ops / 2


counted = counted_multiplications(first, (28, 28, 1))
print(
    "multiplications: by hand",
    multiplications,
    f" TensorFlow {counted / multiplications:.2f} times that",
)

# %% [markdown]
# ## Exercise 2: count a discriminator
# Write `discriminator_cost(side, channels, kernel)` for a plain discriminator, without our two additions:
#
# - the pictures are `side` x `side`; `channels` lists the picture's channels first and then each layer's, such as
#   `[1, 16, 32]` for ours;
# - every layer is a convolution with a `kernel` x `kernel` kernel, stride 2, "same" padding and a bias;
# - at the end comes a dense layer from all remaining numbers to the one logit, with a bias.
#
# Return the two whole numbers `(parameters, multiplications)` for one picture. Any side may come up, odd ones
# too. For one layer you have just seen both formulas at work. `networks.dcgan_discriminator(width=16).count_params()`,
# the library's plain D, is a check for the whole, but for one detail: its second convolution has no bias, so it has 32
# parameters fewer than your function says.


# %% role="exercise" grade_id="discriminator_cost"
# Exercise 2
def discriminator_cost(side, channels, kernel):
    """(parameters, multiplications per picture) of strided convolutions and a dense layer."""
    ### BEGIN SOLUTION
    parameters = multiplications = 0
    for inward, outward in itertools.pairwise(channels):
        side = math.ceil(side / 2)
        parameters += kernel**2 * inward * outward + outward
        multiplications += side**2 * kernel**2 * inward * outward
    remaining = side**2 * channels[-1]
    return parameters + remaining + 1, multiplications + remaining
    ### END SOLUTION


# %% role="check" grade_id="discriminator_cost"
checked_discriminator_cost = check(
    2,
    "discriminator_cost",
    cases=[
        ((28, [1, 32, 64], 4), (36513, 1709120)),
        ((30, [3, 8, 16, 32], 5), (17169, 545112)),
        ((26, [2, 4, 8], 3), (765, 26672)),
    ],
    mistakes={
        "An odd side is rounded up: 15 pixels become 8, not 7.": [
            (36513, 1709120),
            (16945, 407288),
            (661, 22824),
        ],
        "Right but for Python's `round`, which takes a half to the nearest *even* number: round(6.5) is 6. "
        "`math.ceil` always rounds up.": [(36513, 1709120), (17169, 545112), (661, 22824)],
        "The formula wants the side of the layer's output; you took that of its input.": [
            (36513, 6827072),
            (17169, 2079712),
            (765, 97736),
        ],
        "The dense layer at the end is missing: one weight for each remaining number, and a bias.": [
            (33376, 1705984),
            (16656, 544600),
            (372, 26280),
        ],
        "Biases are parameters too, one for each output channel and one for the logit.": [
            (36416, 1709120),
            (17112, 545112),
            (752, 26672),
        ],
        "The kernel has kernel * kernel places, not kernel.": [
            (11553, 429632),
            (3889, 109432),
            (525, 9152),
        ],
    },
    hint="Go through the layers in a loop: new side, then both formulas; after the loop the dense layer.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="discriminator_cost" points=1 tolerance=1e-9
for case in range(3):
    side = int(random.integers(25, 80)) | 1
    channels = [int(c) for c in random.integers(1, 40, size=4)]
    parameters, multiplications = discriminator_cost(
        side, channels, int(random.integers(3, 7))
    )
    publish(**{f"parameters_{case}": parameters, f"multiplications_{case}": multiplications})

# %% [markdown]
# What, then, does the hidden layer cost? The plain part by your function; the hidden layer takes the 7 x 7 numbers of
# each channel, one of them the number for variety, to 256 units; and the logit takes those, in place of the pixels.

# %% tags=["nbval-check-output"]
parameters, multiplications = checked_discriminator_cost(28, [1, WIDTH, 2 * WIDTH], 4)
numbers, units = 7 * 7 * (2 * WIDTH + 1), 256
hidden = numbers * units + units
print(f"plain D:          {parameters:9,} parameters, {multiplications:9,} multiplications")
print(f"the hidden layer: {hidden:9,} parameters, {numbers * units:9,} multiplications")
logit, plain_logit = units + 1, 7 * 7 * 2 * WIDTH + 1
total = parameters - plain_logit + hidden + logit
print(f"together {total:,} parameters, Keras {discriminator.count_params():,}")

# %% [markdown]
# Nearly all parameters of our D are in its hidden layer, though it takes less than half of the work. Convolutions use
# each weight once for every pixel, a dense layer uses each once.

# %% [markdown]
# ## The generator, piece by piece
# ### A convolution that enlarges
# A transposed convolution runs the strided one backwards: every input pixel *stamps* its kernel, times its
# value, onto the output, two pixels further for each step in the input. So the side doubles, $n' = 2 n$. Here is a
# single bright pixel and what a kernel of ones makes of it.

# %% tags=["nbval-check-output"]
pixel = np.zeros((1, 4, 4, 1), "float32")
pixel[0, 1, 2] = 1
enlarge = layers.Conv2DTranspose(
    1, kernel_size=4, strides=2, padding="same", kernel_initializer="ones"
)
stamp = enlarge(pixel)[0, :, :, 0].numpy()
print(f"{pixel.shape[1:3]} -> {stamp.shape}")
print(stamp.astype(int))

# %% [markdown]
# Neighbouring stamps overlap. How many of them meet in one output pixel? For that we let every input pixel be 1.

# %% fold="Draw how many stamps meet in each output pixel"
figure, panels = plt.subplots(1, 2, figsize=(5.2, 2.6))
for axes, kernel in zip(panels, (4, 5), strict=True):
    ones = layers.Conv2DTranspose(1, kernel, 2, padding="same", kernel_initializer="ones")
    overlaps = ones(np.ones((1, 5, 5, 1), "float32"))[0, :, :, 0].numpy().astype(int)
    axes.imshow(overlaps, cmap="cividis", vmin=1, vmax=9)
    for (y, x), count in np.ndenumerate(overlaps):
        colour = "white" if count < 6 else "black"
        axes.text(x, y, count, ha="center", va="center", fontsize=7, color=colour)
    title = f"kernel {kernel} x {kernel}, stride 2"
    axes.set(title=title, xlabel="output column", ylabel="output row")
    axes.set(xticks=(0, 3, 6, 9), yticks=(0, 3, 6, 9))
    axes.grid(False)
    print(f"kernel {kernel}: overlaps inside", np.unique(overlaps[2:-2, 2:-2]))
figure.suptitle("How many stamps meet in each output pixel", fontsize=11)
plots.show(
    figure,
    alt="Two tables of 10 by 10 numbers drawn as colours. With the 4 by 4 kernel every pixel inside has 4. With the "
    "5 by 5 kernel 4, 6 and 9 alternate like a checkerboard.",
)

# %% [markdown]
# With a kernel of 5, some output pixels sum 9 terms, their neighbours 6, and those across the corner 4: the network
# starts with a checkerboard that it must learn away. With 4, a multiple of the stride, all sums have equally many
# terms; only the border has fewer. That is why our kernels are 4 x 4, where the paper has 5 x 5 (lesson 5 tells the
# rest).
#
# ### Batch normalisation
# In training it takes each channel's mean $\mu$ and variance $v$ over the batch and all pixels, and returns
# $\gamma \frac{a - \mu}{\sqrt{v + \epsilon}} + \beta$ with learned $\gamma, \beta$ (1 and 0 at first). For later it
# keeps running values, $\bar\mu \leftarrow 0.9 \bar\mu + 0.1 \mu$ and likewise $\bar v$; at inference
# it uses those, so that one picture can be drawn alone.

# %%
activations = 5 + 3 * tf.random.stateless_normal((64, 7, 7, 2), seed=(0, 2))
norm = layers.BatchNormalization(momentum=0.9, dtype="float32")
trained = norm(activations, training=True)
inferred = norm(activations, training=False)
print(f"before     mean {np.mean(activations):5.2f}, deviation {np.std(activations):.2f}")
print(f"training   mean {np.mean(trained):5.2f}, deviation {np.std(trained):.2f}")
print(
    f"inference  mean {np.mean(inferred):5.2f}, deviation {np.std(inferred):.2f}, after one step of training only"
)
running_mean, running_variance = 0.9 * 0 + 0.1 * 5, 0.9 * 1 + 0.1 * 3**2
print(f"by hand    mean {(5 - running_mean) / math.sqrt(running_variance + 1e-3):5.2f}")

# %% [markdown]
# The last two lines are a warning. The running values start at 0 and 1 and need some tens of steps to arrive;
# until then the same network draws differently in inference than in training. A network called without
# `training=True` in its train step never moves them at all (lesson 5).

# %% [markdown]
# ## Exercise 3: complete the generator
# A dense layer turns the $d = 64$ numbers of $z$, called a **latent**, into a 7 x 7 picture with 32 channels. There an
# ordinary 3 x 3 convolution lets neighbours talk to each other; this is the third of our additions, and it stands on
# the smallest picture because one costs least there. Up to this point `build_generator` is written. Then two stamping
# layers make 28 x 28 of it, and that is your part:
#
# - for each number in `channels` but the first, a transposed convolution to that many channels, with a 4 x 4 kernel,
#   stride 2 and "same" padding, then a batch norm with momentum 0.9, then a ReLU. This convolution has **no bias**
#   (`use_bias=False`): the norm after it subtracts each channel's mean, and with it any bias;
# - at last one more transposed convolution like these, to `colours` channels, but **with** a bias, since no norm
#   follows; then tanh.
#
# All kernels start from `small_weights()`. The one that we shall train is `build_generator(64, 7, (32, 16), 1)`:
# two stages from 7 x 7, to pictures with one grey value for each pixel. With
# `build_generator(64, 8, (64, 32, 16), 3)` one gets 64 x 64 in colour.


# %% role="exercise" grade_id="build_generator"
# Exercise 3
def build_generator(latent_size, first, channels, colours):
    """A Keras model: latents (batch, latent_size) -> pictures in (-1, 1), from `first` x `first` pixels upwards."""
    generator = keras.Sequential([keras.Input((latent_size,))], name="generator")
    numbers = first * first * channels[0]
    generator.add(layers.Dense(numbers, use_bias=False, kernel_initializer=small_weights()))
    generator.add(layers.Reshape((first, first, channels[0])))
    generator.add(layers.BatchNormalization(momentum=0.9))
    generator.add(layers.ReLU())
    generator.add(
        layers.Conv2D(
            channels[0], 3, padding="same", use_bias=False, kernel_initializer=small_weights()
        )
    )
    generator.add(layers.BatchNormalization(momentum=0.9))
    generator.add(layers.ReLU())
    # Now your part: enlarge, and end in pixels.
    ### BEGIN SOLUTION
    for count in channels[1:]:
        generator.add(
            layers.Conv2DTranspose(
                count,
                4,
                strides=2,
                padding="same",
                use_bias=False,
                kernel_initializer=small_weights(),
            )
        )
        generator.add(layers.BatchNormalization(momentum=0.9))
        generator.add(layers.ReLU())
    generator.add(
        layers.Conv2DTranspose(
            colours, 4, strides=2, padding="same", kernel_initializer=small_weights()
        )
    )
    generator.add(layers.Activation("tanh"))
    ### END SOLUTION
    return generator


# %% role="check" grade_id="build_generator"
def normed(a, gamma, beta, mean=None, variance=None):
    """Batch norm: with the batch's own mean and variance unless they are given."""
    mean = a.mean((0, 1, 2)) if mean is None else mean
    variance = a.var((0, 1, 2)) if variance is None else variance
    return gamma * (a - mean) / np.sqrt(variance + 1e-3) + beta


def pixels_by_hand(weights, z, first, inside=relu, last=np.tanh):
    """G from its weights in training: `inside` after the norms of the student's part, `last` at the end."""
    dense, *rest, kernel, bias = weights
    gamma, beta, _, _, small_kernel, gamma_2, beta_2, _, _, *stages = rest
    a = relu(normed((z @ dense).reshape(len(z), first, first, -1), gamma, beta))
    a = relu(normed(np.asarray(keras.ops.conv(a, small_kernel, 1, "same")), gamma_2, beta_2))
    for number in range(0, len(stages), 5):
        k, gamma, beta, _, _ = stages[number : number + 5]
        a = inside(normed(np.asarray(keras.ops.conv_transpose(a, k, 2, "same")), gamma, beta))
    return last(np.asarray(keras.ops.conv_transpose(a, kernel, 2, "same")) + bias)


def draws_as_by_hand(build_generator):
    first, channels, colours, latent_size = 3, (6, 5, 4), 2, 7
    network = build_generator(latent_size, first, channels, colours)
    if not getattr(network, "inputs", None):
        return (
            f"It should return keras.Sequential or keras.Model(inputs, outputs), with a keras.Input in front; this is "
            f"a {type(network).__name__}."
        )
    if network.input_shape != (None, latent_size):
        return f"Made for latent_size = {latent_size} it takes {network.input_shape}. Leave the beginning as it was."
    if network.output_shape != (None, 24, 24, colours):
        return (
            f"From 3 x 3, with channels = {channels} and {colours} colours, three transposed convolutions should make "
            f"(None, 24, 24, {colours}), but it makes {network.output_shape}."
        )

    def normed_stage(kernel):
        return [kernel, *[(kernel[-1 if kernel[0] == 3 else -2],)] * 4]

    sizes = [(latent_size, 54), *[(6,)] * 4, *normed_stage((3, 3, 6, 6))]
    for inward, outward in itertools.pairwise(channels):
        sizes += normed_stage((4, 4, outward, inward))
    sizes += [(4, 4, colours, channels[-1]), (colours,)]
    seen = [w.shape for w in network.get_weights()]
    if seen != sizes:
        kernels = [size for size in seen if len(size) > 1]
        if kernels != [size for size in sizes if len(size) > 1]:
            return f"For channels = {channels} and {colours} colours it has kernels {', '.join(map(str, kernels))}."
        if seen == sizes[:-1]:
            return "The last convolution has no bias; it should, because no norm follows it."
        norms = sum(isinstance(layer, layers.BatchNormalization) for layer in network.layers)
        if norms > 4:
            return "There is a norm after the last convolution. It would keep pixels from both ends of [-1, 1]."
        if norms < 4:
            return "A norm is missing: one after each transposed convolution but the last."
        return "A convolution before a norm has a bias: `use_bias=False` there."
    wrong = about_its_start(build_generator(40, 4, (24, 20, 16), 3))
    if wrong:
        return wrong
    momenta = {x.momentum for x in network.layers if isinstance(x, layers.BatchNormalization)}
    if momenta != {0.9}:
        return "All norms want momentum=0.9; with Keras's own, 0.99, they need some hundreds of steps to arrive."
    z = np.random.default_rng(1).standard_normal((16, latent_size), dtype="float32")
    weights = set_at_random(network, 3)
    result = np.asarray(network(z, training=True))
    near = {"rtol": 1e-3, "atol": 1e-3}
    if np.allclose(result, pixels_by_hand(weights, z, first), **near):
        return None
    for options, hint in (
        ({"last": unchanged}, "The last numbers are not bounded: tanh is missing at the end."),
        (
            {"last": lambda a: 1 / (1 + np.exp(-a))},
            "It ends in a sigmoid, but the data go from -1 to 1: tanh.",
        ),
        ({"inside": unchanged}, "A ReLU is missing after each of your norms."),
        ({"inside": leaky}, "In G the rule says ReLU, and LeakyReLU in D only."),
    ):
        if np.allclose(result, pixels_by_hand(weights, z, first, **options), **near):
            return hint
    return "All weights have the right shapes, but the pixels are not those by hand. In which order do the layers come?"


checked_build_generator = check_that(
    3,
    "build_generator",
    draws_as_by_hand,
    hint="Print `model.summary()` and go through the list in the text.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="build_generator" points=2 tolerance=1e-3
latent_size, first = int(random.integers(5, 12)), int(random.integers(2, 5))
channels = [int(c) for c in random.integers(4, 10, size=3)]
network = build_generator(latent_size, first, channels, int(random.integers(1, 4)))
network.set_weights([random.normal(0.1, 0.3, w.shape) for w in network.get_weights()])
z = random.normal(size=(16, latent_size)).astype("float32")
drawn = np.asarray(network(z, training=True))
fresh = [w for w in build_generator(30, 4, [20, 16], 3).get_weights() if w.size >= 300]
publish(
    pixels=drawn,
    running=np.concatenate([w.ravel() for w in network.get_weights() if w.ndim == 1]),
    small_weights=sum(0.015 < w.std() < 0.025 for w in fresh),
    different_weights=len({tuple(w.ravel()[:3]) for w in fresh}),
)

# %% [markdown]
# ### What the norms do
# Your generator, or ours, before its first step. We send 64 latents through it layer by layer, and beside it the same
# numbers through the same layers without the norms.

# %%
LATENT_SIZE = 64

generator = checked_build_generator(LATENT_SIZE, 7, (2 * WIDTH, WIDTH), 1)
signal = without_norms = keras.random.normal((64, LATENT_SIZE), seed=0)
print(f"{'':37}deviation  without norms")
print(f"{'latents':18} {tuple(signal.shape)!s:18}{np.std(signal):9.3f}")
for layer in generator.layers:
    name = layer.__class__.__name__
    if name == "BatchNormalization":
        signal = layer(signal, training=True)
    elif name != "InputLayer":
        signal, without_norms = layer(signal), layer(without_norms)
    sizes = f"{np.std(signal):9.3f}{np.std(without_norms):15.4f}"
    print(f"{name:18} {tuple(signal.shape)!s:18}{sizes}")

# %% [markdown]
# 64 latents became 64 pictures. The last two columns are the reason for the norms: with them the signal has the size
# one before every ReLU, and the untrained network draws 64 different pictures, faint but visible. Without them each
# layer of small weights makes it smaller; at the end next to nothing is left, so all latents give the same grey, and
# the gradients that come back shrink alike.
#
# What does one picture cost?

# %% tags=["nbval-check-output"]
print(f"parameters: G {generator.count_params():,}, D {discriminator.count_params():,}")

w, d = WIDTH, LATENT_SIZE
by_layer = {"dense": d * 49 * 2 * w, "3 x 3": 49 * 9 * (2 * w) ** 2}
by_layer |= {"7 to 14": 49 * 16 * 2 * w * w, "14 to 28": 14 * 14 * 16 * w}
by_hand = sum(by_layer.values())
print("multiplications:", ", ".join(f"{name} {count:,}" for name, count in by_layer.items()))
counted = counted_multiplications(lambda z: generator(z, training=False), (LATENT_SIZE,))
print(f"sum {by_hand:,}; TensorFlow counts {counted / by_hand:.2f} times that")

# %% [markdown]
# (A transposed convolution multiplies once for each *input* pixel and kernel place, so $H$ and $W$ in the
# formula are those of its input. The two layers with many channels on both sides have most of the work: with the width
# $w$ it grows like $w^2$.)
#
# The library has such networks too, `networks.dcgan_generator` and `networks.dcgan_discriminator`, with options for all
# of this. From here on we train *yours*.

# %% [markdown]
# ## The train step
# Now the game itself, one step of it. G draws fakes; D learns to tell them from real pictures; G learns from the
# improved D. Two tapes record what depends on what: the inner one for D's loss, the outer one for G's, which goes
# through D and back into G. (Lesson 4 takes such a step to pieces and shows how it is got wrong. The optimisers and the
# averaged copy are made further down, in the cell that calls the function.)


# %%
def train_step(real, z):
    """One step of both networks on real pictures (batch, 28, 28, 1) and latents (batch, 64)."""
    with tf.GradientTape() as tape_g:
        fake = generator(z, training=True)

        with tf.GradientTape() as tape_d:
            real_logits = discriminator(real, training=True)
            fake_logits = discriminator(fake, training=True)
            loss_d = game.discriminator(real_logits, fake_logits)
        weights = discriminator.trainable_variables
        optimizer_d.apply(tape_d.gradient(loss_d, weights), weights)

        # the same fakes, the improved D
        loss_g = game.generator(discriminator(fake, training=True))
    weights = generator.trainable_variables
    optimizer_g.apply(tape_g.gradient(loss_g, weights), weights)

    for average, weight in zip(averaged.weights, generator.weights, strict=True):
        average.assign(delta * average + (1 - delta) * weight)


# %% [markdown]
# The last two lines move an **averaged copy** of G a little; we come to it in a moment. The class
# `course_lib.models.gan.GAN` plays the same step, a little faster (one pass of D for real and fake), and lets Keras
# repeat it, count and print. Is it really the same? We give both the same weights, the same pictures and the same
# noise, let each make one step, and compare all weights of G, D and the copy. (With plain gradient descent here,
# because Adam makes large steps of rounding errors.)

# %%
from course_lib.models.gan import GAN

real = garments.images_train[:32]
z = keras.random.normal(
    (32, LATENT_SIZE), seed=keras.random.SeedGenerator(0)
)  # as GAN draws it
same = [keras.models.clone_model(network) for network in (generator, discriminator)]
for copy, network in zip(same, (generator, discriminator), strict=True):
    copy.set_weights(network.get_weights())
gan = GAN(*same, averaging=0.998, seed=0)
gan.compile("non_saturating", keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
start = [np.copy(w) for network in (generator, discriminator) for w in network.get_weights()]
averaged = keras.models.clone_model(generator)
averaged.set_weights(generator.get_weights())
delta = 2 / 11  # so small only in GAN's first step, see below

optimizer_d, optimizer_g = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1)
train_step(real, z)
gan.train_step(real)

ours = [w for network in (generator, discriminator) for w in network.get_weights()]
theirs = [w for network in same for w in network.get_weights()]
moved = max(np.abs(w - before).max() for w, before in zip(ours, start, strict=True))
ours += averaged.get_weights()
theirs += gan.averaged_generator.get_weights()
apart = max(np.abs(w - other).max() for w, other in zip(ours, theirs, strict=True))
print(f"largest movement of a number {moved:.2g}, largest difference to GAN's {apart:.1g}")

# %% [markdown]
# ### An average of all the generators
# The averaged copy costs next to nothing and helps a lot:
#
# $$ \bar\theta_t = \delta\, \bar\theta_{t-1} + (1 - \delta)\, \theta_t . $$
#
# The game makes $\theta$ circle around good values (lesson 2), and the average lies nearer the middle of the circle
# than $\theta$ ever does. We draw with the copy. Unrolled, the recursion is a weighted mean of all the past,
#
# $$ \bar\theta_n = \delta^n \bar\theta_0 + (1 - \delta) \sum_{t=1}^{n} \delta^{\,n-t}\, \theta_t , $$
#
# whose weights sum to 1 and reach back some $1 / (1 - \delta)$ steps: 500 for our $\delta = 0.998$.

# %% tags=["nbval-check-output"]
delta, n = 0.998, 2000
# Any path will do; theta[0] is the start.
theta = np.random.default_rng(0).normal(size=n + 1).cumsum()
average = theta[0]
for t in range(1, n + 1):
    average = delta * average + (1 - delta) * theta[t]
weights = (1 - delta) * delta ** (n - np.arange(1, n + 1))
print(f"recursion {average:.6f}, unrolled {delta**n * theta[0] + weights @ theta[1:]:.6f}")
print(
    f"sum of all weights {delta**n + weights.sum():.6f}, of the last 500 steps {weights[-500:].sum():.2f}"
)

# %% [markdown]
# (In its first steps `GAN` takes a smaller $\delta$, $\min(\delta, \frac{1+t}{10+t})$, so that the random start is
# soon forgotten; in the very first, $t = 1$, that is $\frac{2}{11}$.)
#
# ### Adam with a short memory
# Adam goes along a running mean of the gradients, $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$: the same recursion.
# Now let the opponent make a move that turns the gradient round, from $+1$ to $-1$. After $n$ more steps
# $m = -1 + 2 \beta_1^n$, and as long as this is positive, Adam walks the wrong way. With the usual $\beta_1 = 0.9$ that
# takes until $\beta_1^n < \frac12$, seven steps; with 0.5, two.

# %% tags=["nbval-check-output"]
for beta in (0.9, 0.5):
    m, n = 1.0, 0
    while m >= 0:
        m, n = beta * m + (1 - beta) * (-1), n + 1
    print(f"beta_1 = {beta}: {n} steps, m = {m:.4f}, formula {-1 + 2 * beta**n:.4f}")

# %% [markdown]
# ## Train, and watch
# Your two networks, new ones with fresh weights, go into a new run, and five callbacks watch it:
#
# - the *recorder* keeps losses and frames of the film, and now and then a **score** of 1,000 samples: the Fréchet
#   distance between drawn and real garments, lower is better (lesson 7 derives it);
# - the *alarm* stops a run whose loss is NaN, and warns of one that goes wrong in other ways (lesson 8);
# - the *checkpoint* writes everything to disk every few seconds;
# - the *log* writes curves and samples for TensorBoard, which we open further down;
# - the *live picture* shows losses, score and samples.
#
# D's learning rate is half of G's, and both are larger than the paper's 0.0002: networks as narrow as ours bear it.
#
# **Predict first.** Three curves will be drawn: the loss of D, the loss of G, the score. Which of them fall?
#
# **This cell begins afresh and deletes an earlier run in its folder.** If you want to keep one, rename its folder
# first. You may interrupt it (the square button): what it has learnt is saved.

# %% role="spoiler"
import shutil
from pathlib import Path

from course_lib.scores import metrics
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train
from course_lib.training.tensorboard_log import TensorBoardLog

FOLDER = Path("runs/06_dcgan")
SETTINGS = {"batch_size": 32, "learning_rates": [1e-3, 5e-4], "averaging": 0.998, "seed": 0}
shutil.rmtree(FOLDER, ignore_errors=True)


def new_gan(settings):
    """Your networks, each with its optimiser, before the first step."""
    keras.utils.set_random_seed(settings["seed"])
    generator = checked_build_generator(64, 7, (32, 16), 1)
    discriminator = checked_build_discriminator((28, 28, 1), (16, 32), 256)
    rate_g, rate_d = settings["learning_rates"]
    gan = GAN(generator, discriminator, averaging=settings["averaging"])
    gan.compile(
        loss="non_saturating",
        generator_optimizer=keras.optimizers.Adam(rate_g, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(rate_d, beta_1=0.5),
        steps_per_execution=20,  # twenty steps without a word of Python between them
    )
    return gan


gan = new_gan(SETTINGS)
# A score about every 7 seconds.
recorder = Recorder(grid=(3, 8), score=metrics.frechet_score, score_every=7)
checkpoint = Checkpoint(FOLDER, recorder, SETTINGS)
watchers = [
    recorder,
    Alarm(recorder, garments.images_train),
    checkpoint,
    TensorBoardLog(recorder, FOLDER / "logs"),
    LivePicture(recorder),
]
train(gan, garments.images_train, SETTINGS["batch_size"], steps=1600, callbacks=watchers)

# %% [markdown]
# What to look for in the picture:
#
# - **The losses do not fall**, once the first moments are over. They are no measure of quality: each network's
#   loss depends on how good the other one is. A discriminator loss below $2 \log 2 = 1.386$ says that D still sees
#   a difference; a steady level says that both get better at the same pace. (A loss that runs off to 0 is bad
#   news: lesson 8.)
# - **The score falls, and the samples show why.** The fixed latents keep their place in the grid, so you can follow
#   one of them through the whole training: first a blob where garments are, then an outline, then sleeves and heels.
# - Half the rate for D is worth having: in single trials of a minute each it brought the score from 3.7 to 2.6. And the
#   rates are for a short training. In one long trial with such rates the score came down to 2.3 in 8,000 steps,
#   and stood at 2.9 after as many again. Whoever trains for long lets the rates fall, as
#   `course_lib/models/recipe.py` does.

# %% [markdown]
# ## Save, kill, resume
# A training run is more than the weights of its networks. To go on *exactly* where it stopped, one needs all that
# training changes. Here is a fingerprint of all that: twelve hexadecimal digits (0 to 9 and a to f) that change if a
# single bit of it does. **Write them down**, or remember the first four; we shall need them.

# %%
import hashlib

everything = b"".join(np.asarray(variable).tobytes() for variable in gan.state().values())
print(f"step {gan.step}, fingerprint {hashlib.sha256(everything).hexdigest()[:12]}")

# %% [markdown]
# What is in it?

# %%
with np.load(checkpoint.paths()[-1]) as archive:
    sizes = {}
    for name in archive.files:
        part = "/".join(name.split("/")[:2])
        sizes[part] = sizes.get(part, 0) + archive[name].nbytes
for part, size in sizes.items():
    if size >= 1000 or part == "gan/noise":
        print(f"{part:30} {size / 1000:8,.1f} kB")
print("on disk:", ", ".join(path.name for path in checkpoint.paths()))

# %% [markdown]
# - both networks, with the running values of their batch norms, and the averaged copy;
# - both optimisers: Adam keeps two numbers for each weight, its running gradient and squared gradient, and counts its
#   steps;
# - the state of the noise, or else the same $z$ would come again;
# - the recorder's history and frames, or else the film would begin in the middle.
#
# The order of the real pictures needs no saving: it is a pure function of the seed and the step. And the
# file is written under another name first and renamed when it is whole, so that a crash in the middle of writing
# costs nothing. The following cell is a run in miniature, for the exercise.

# %% role="setup"


def start(seed):
    """A small training run: two arrays of weights, their velocities, steps done, and its seed."""
    random = np.random.default_rng(seed)
    weights = [random.normal(size=3), random.normal(size=(2, 2))]
    return {
        "weights": weights,
        "velocities": [np.zeros_like(w) for w in weights],
        "step": 0,
        "seed": seed,
    }


def advance(run, steps):
    """Train on, in place: gradient descent with momentum and noise from the seed and the step."""
    for _ in range(steps):
        random = np.random.default_rng([int(run["seed"]), int(run["step"])])
        for w, velocity in zip(run["weights"], run["velocities"], strict=True):
            velocity *= 0.9
            velocity -= 0.1 * (w + random.normal(size=w.shape))
            w += velocity
        run["step"] += 1


def through_disk(saved):
    """A flat dictionary of arrays and numbers, written as .npz and read again: all arrays."""
    file = io.BytesIO()
    np.savez(file, **saved)
    file.seek(0)
    with np.load(file) as archive:
        return {name: archive[name] for name in archive.files}


# %% [markdown]
# ## Exercise 4: repair a checkpoint
# `snapshot(run)` puts a run of the kind `start` makes into a flat dictionary, name -> array or number, that
# `np.savez` can write; `restore(saved)` makes a run from what `np.load` reads. A restored run must go on as
# if nothing had happened: the same weights after any number of further steps. The two functions below do not manage
# that; several things are wrong. Note that `advance` works *in place*, and that training goes on
# after a snapshot was taken. Nor can the past be played again from the seed: real training takes hours, and here
# somebody changes a weight by hand on the way.


# %% role="exercise" grade_id="checkpoint"
# Exercise 4
def snapshot(run):
    """Everything a run needs to go on, as a flat dictionary: name -> array or number."""
    ### BEGIN BROKEN
    # return {f"weights/{i}": w for i, w in enumerate(run["weights"])}
    ### END BROKEN
    ### BEGIN SOLUTION
    saved = {"step": run["step"], "seed": run["seed"]}
    for name in ("weights", "velocities"):
        saved |= {f"{name}/{i}": array.copy() for i, array in enumerate(run[name])}
    return saved
    ### END SOLUTION


def restore(saved):
    """The run again, from the dictionary of arrays that came back from the disk."""
    ### BEGIN BROKEN
    # weights = [saved[f"weights/{i}"] for i in range(2)]
    # return {"weights": weights, "velocities": [np.zeros_like(w) for w in weights], "step": 0, "seed": 0}
    ### END BROKEN
    ### BEGIN SOLUTION
    arrays = {
        name: [saved[f"{name}/{i}"].copy() for i in range(2)]
        for name in ("weights", "velocities")
    }
    return {**arrays, "step": int(saved["step"]), "seed": int(saved["seed"])}
    ### END SOLUTION


# %% role="check" grade_id="checkpoint"


def goes_on_as_before(snapshot):
    return goes_on_from(7, snapshot) or goes_on_from(19, snapshot)


def goes_on_from(seed, snapshot):
    run, twin, replayed = start(seed), start(seed), start(seed)
    for each in (run, twin, replayed):
        advance(each, 5)
    for each in (run, twin):
        each["weights"][0][1] += 1  # by hand: of this the seed knows nothing
    saved = snapshot.by_reference(run)
    advance(run, 2)  # training goes on; then the power fails
    resumed = restore(through_disk(saved))
    if not all(map(np.array_equal, resumed["weights"], twin["weights"])):
        if all(map(np.array_equal, resumed["weights"], run["weights"])):
            return "The snapshot changed while training went on: it holds the run's own arrays, not copies (`.copy()`)."
        if all(map(np.array_equal, resumed["weights"], replayed["weights"])):
            return (
                "The run was trained anew from its seed. But one weight had been changed by hand, and real training "
                "takes hours: keep the arrays themselves."
            )
        return "The weights that come back are not those at the time of the snapshot."
    if not any(np.any(velocity) for velocity in resumed["velocities"]):
        return "The weights are right, but the velocities start again from 0: the optimiser has a state of its own."
    if not all(map(np.array_equal, resumed["velocities"], twin["velocities"])):
        return "The velocities that come back are not those at the time of the snapshot."
    if int(resumed["step"]) != 5:
        return "Weights and velocities are right, but the step counts from another number: old noise comes again."
    if int(resumed["seed"]) != seed:
        return "All is right but the seed: the resumed run draws other noise."
    advance(resumed, 4)
    advance(twin, 4)
    if not all(map(np.array_equal, resumed["weights"], twin["weights"])):
        return "It begins right, but four steps later the weights differ."
    return None


check_that(
    4,
    "snapshot",
    goes_on_as_before,
    hint="Go through the keys of a run: what does `advance` read, what does it change?",
)

# %% role="graded" grade_id="checkpoint" points=2 tolerance=1e-9
run = start(int(random.integers(2**31)))
advance(run, 6)
run["weights"][1][0, 1] += 1
saved = snapshot.by_reference(run)  # arrays that training goes on to change are no snapshot
advance(run, 3)
resumed = restore(through_disk(saved))
advance(resumed, 5)
publish(weights=np.concatenate([w.ravel() for w in resumed["weights"]]), step=resumed["step"])

# %% [markdown]
# ### Is the real one exact?
# A short run with tiny networks, once in one go and once stopped half-way. The second half begins in new networks
# with other random weights, so everything must come from the file.

# %% tags=["nbval-check-output"]
import tempfile


def short_run(stops):
    """Train to each stop in turn, every time in new networks; all that training has changed, at the end."""
    with tempfile.TemporaryDirectory() as folder:
        for number, stop in enumerate(stops):
            keras.utils.set_random_seed(number)
            small = GAN(
                networks.dcgan_generator(width=4), networks.dcgan_discriminator(width=4)
            )
            small.compile(run_eagerly=True)
            history = Recorder()
            file = Checkpoint(folder, history)
            file.restore(small)
            train(small, garments.images_train[:512], steps=stop, callbacks=[history, file])
        return [np.asarray(variable) for variable in small.state().values()]


in_one_go, resumed, shorter = short_run([6]), short_run([3, 6]), short_run([5])
print(f"{len(in_one_go)} arrays")
print(
    "stopped at step 3 and resumed, all equal:", all(map(np.array_equal, in_one_go, resumed))
)
print(
    "one step less, all equal:                ", all(map(np.array_equal, in_one_go, shorter))
)

# %% [markdown]
# ### Now kill it
# Choose *Kernel > Restart Kernel* (on Colab *Runtime > Restart session*). Everything in memory is gone: networks,
# optimisers, film, and the functions you have written. A checkpoint holds numbers and no programs, so run
#
# - **the cells at the very top**, before the first picture,
# - **exercises 1, 2 and 3, each with the check under it**: two of them build the networks,
# - **and the next cell**, nothing else.
#
# It imports what it needs, builds new networks, reads the newest checkpoint and trains on to step 3,200. Compare the
# fingerprint with the one printed above. From there you can go on with the lesson.
#
# If you run all cells in one go instead, the same happens without the restart: the new networks know nothing of
# the old ones.

# %%
import gc
import hashlib
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_lib import ROOT, datasets, device, plots
from course_lib.models import networks
from course_lib.models.gan import GAN
from course_lib.scores import metrics
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train
from course_lib.training.tensorboard_log import TensorBoardLog

plots.use_course_style()
device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)

# Without a restart the old run would need memory, and so would a second copy of the garments (`real` is a part of it).
gan = recorder = checkpoint = watchers = garments = real = None
keras.backend.clear_session()
gc.collect()
garments = datasets.load("fashion_mnist")
settings = {"batch_size": 32, "learning_rates": [1e-3, 5e-4], "averaging": 0.998, "seed": 0}
keras.utils.set_random_seed(
    1
)  # other weights than those of the first run: all must come from the file
gan = GAN(
    checked_build_generator(64, 7, (32, 16), 1),
    checked_build_discriminator((28, 28, 1), (16, 32), 256),
    averaging=settings["averaging"],
)
rate_g, rate_d = settings["learning_rates"]
gan.compile(
    generator_optimizer=keras.optimizers.Adam(rate_g, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(rate_d, beta_1=0.5),
    steps_per_execution=20,
)
# A score about every 7 seconds.
recorder = Recorder(grid=(3, 8), score=metrics.frechet_score, score_every=7)
checkpoint = Checkpoint("runs/06_dcgan", recorder, settings)

restored = checkpoint.restore(gan)
print(f"resuming from {restored}" if restored else "no checkpoint here yet: starting afresh")
everything = b"".join(np.asarray(variable).tobytes() for variable in gan.state().values())
print(f"step {gan.step}, fingerprint {hashlib.sha256(everything).hexdigest()[:12]}")

watchers = [
    recorder,
    Alarm(recorder, garments.images_train),
    checkpoint,
    TensorBoardLog(recorder, "runs/06_dcgan/logs"),
    LivePicture(recorder),
]
train(gan, garments.images_train, settings["batch_size"], steps=3200, callbacks=watchers)

# %% [markdown]
# To train longer, run that cell again with a larger number of `steps`: it goes on from where it is.
#
# **A good place to stop.** The run is on the disk: when you come back, the three steps under *Now kill it* bring it to
# you again, and then we look at what the network has learnt, and walk about in it.

# %% [markdown]
# ## Play: a hand on the rates
# A run can be driven by hand, too. Two new networks wait here. With a running kernel, *play* trains them from picture
# to picture, *pause* stops after the present one, and both learning rates can be moved meanwhile. Train some 500 steps.
# Then write down what you expect, and try:
#
# 1. D's rate down to a hundredth. Whose loss falls? Do the samples become better?
# 2. Both rates down to a tenth. What do the losses show of that, and what do the samples?
#
# <details><summary>What we saw in a trial of 400 steps more</summary>
# 1. G runs ahead of a D that hardly learns: its loss fell from 0.8 to 0.2, and the Fréchet distance rose from 14 to 35.
# A falling loss, and worse pictures. 2. The losses stayed where they were, and so did the distance, at 14; with the
# rates left alone it came down to 10.</details>

# %%
from course_lib.panels.dashboard import Dashboard

by_hand = GAN(
    checked_build_generator(64, 7, (32, 16), 1),
    checked_build_discriminator((28, 28, 1), (16, 32), 256),
    averaging=settings["averaging"],
)
by_hand.compile(
    generator_optimizer=keras.optimizers.Adam(rate_g, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(rate_d, beta_1=0.5),
    steps_per_execution=20,
)
look = Recorder(grid=(2, 8), score=metrics.frechet_score, score_every=7)
Dashboard(by_hand, garments.images_train, look, batch_size=32).show()

# %% [markdown]
# ## What has it learnt?
# Samples of the averaged generator beside real garments. The latents are new ones, not those of the film.

# %%
figure, panels = plt.subplots(1, 2, figsize=(8.4, 2.5))
real, fake = garments.images_test[:32], gan.sample(32, seed=5)
for axes, images, title in zip(
    panels, (real, fake), ("Real (test set)", "Drawn by the generator"), strict=True
):
    grid = plots.tile(images, columns=8) // 16 * 17  # 16 greys, to keep the notebook small
    axes.imshow(grid, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_title(title)
    axes.set_axis_off()
plots.show(
    figure,
    alt="Two grids of 32 garments. Left real ones. Right samples: pullovers, shirts, trousers and shoes, most of which "
    "one can name; a few are torn, and a fine pattern lies over some.",
)

scale = metrics.score_scale("fashion_mnist", 2000)
score = metrics.frechet_score(gan.sample(2000, seed=1))
print(
    f"Fréchet distance of 2,000 samples: {score:.1f}  (real pictures {scale['real']:.1f}, noise {scale['noise']:.0f})"
)

# %% [markdown]
# This is the score of the live picture again, with other and more samples. It compares what a small classifier
# notices about real and drawn garments; lesson 7 shows what it hides. It can be compared with other numbers of this
# course, and with nothing in the literature, which uses another classifier.
#
# Look closely, and you see a fine pattern of dots or stripes on some garments. It comes from the transposed
# convolutions (lesson 5 takes it to pieces), fades slowly with more training, and is a good reason for exercise 8.
#
# ### The curves

# %%
figure = plots.training_curves(
    recorder.history,
    title="Losses and score of 3,200 steps",
    levels={"D only guesses: 2 log 2": 2 * np.log(2)},
)
plots.show(
    figure,
    alt="Above, both losses against the training step. They move apart in the first hundred steps and then stay level, "
    "the discriminator's below 2 log 2. Below, the Fréchet distance, which goes on falling, fast and then slowly.",
)

# %% [markdown]
# ### The film
# The recorder kept a picture of the grid every few steps: here are some of them. The file with all frames, at
# full size, lies in `runs/06_dcgan/training.gif`. (`films.save_mp4` makes a smaller file for a phone, if the program
# ffmpeg is there.)

# %%
import base64

from IPython.display import HTML, display

from course_lib.media import films

captions = [f"step {step}" for step in recorder.frame_steps]
films.save_gif(recorder.film(), "runs/06_dcgan/training.gif", captions=captions)

frames = recorder.film()
# Most of them early, when most happens.
chosen = np.unique(np.geomspace(1, len(frames), 10).astype(int)) - 1
small = [frames[index] // 16 * 17 for index in chosen]  # 16 greys, to keep the notebook small
steps = [captions[index] for index in chosen]
films.save_gif(small, "runs/06_dcgan/small.gif", ms=200, captions=steps, scale=2)
data = base64.b64encode(Path("runs/06_dcgan/small.gif").read_bytes()).decode("ascii")
alt = "A film of 24 samples: grey blobs become outlines, then shirts, trousers and shoes, each in its own place."
# Each pixel is two by two dots already, and the browser is asked to keep it sharp on finer screens.
style = "image-rendering: pixelated"
display(HTML(f'<img alt="{alt}" src="data:image/gif;base64,{data}" style="{style}">'))
print(f"{len(chosen)} of {len(captions)} frames, {len(data) / 1000:.0f} kB in this notebook")

# %% [markdown]
# ### A generator for other programs
# The checkpoint is for us. To hand the generator on, save it as a Keras file: it holds plain layers only, so
# any program with Keras can load it, without this course.

# %% tags=["nbval-check-output"]
gan.sampler.save("runs/06_dcgan/generator.keras")
loaded = keras.models.load_model("runs/06_dcgan/generator.keras")
z = np.random.default_rng(0).standard_normal((3, 64), dtype="float32")
print(
    "same pictures:", np.array_equal(loaded(z, training=False), gan.sampler(z, training=False))
)

# %% [markdown]
# ## Walks in latent space
# ### Where the latents are
# The generator has seen one kind of input only: $z \sim N(0, I_d)$. How long are these vectors? Their squared length
# is a sum of $d$ squares with mean 1 each, so $\mathbb E |z|^2 = d$. The sum varies little for its size, and in many
# dimensions nearly all lengths are close to
#
# $$ |z| \approx \sqrt d, \quad \text{give or take } 1/\sqrt 2 \text{ whatever } d . $$
#
# The middle, where the density of $N(0, I_d)$ is greatest, is all but empty: the latents fill a thin **shell**.

# %% tags=["nbval-check-output"]
random = np.random.default_rng(0)
for d in (2, 16, 64, 512):
    lengths = np.linalg.norm(random.standard_normal((4000, d)), axis=1)
    print(
        f"d = {d:3}  sqrt(d) = {math.sqrt(d):5.2f}  mean length {lengths.mean():5.2f}  deviation {lengths.std():.2f}"
    )

# %% [markdown]
# ## Exercise 5: predict a length
# Think before you calculate: how long is the middle of the straight line between two latents,
# $\frac12 z_1 + \frac12 z_2$? And how long is $z_1 - z_2 + z_3$?
#
# Derive it for any combination. Let $z_1, \dots, z_n$ be independent, each $N(0, I_d)$, and $c_1, \dots, c_n$ fixed
# numbers. Write `expected_length(coefficients, latent_size)`, which returns
#
# $$ \sqrt{ \mathbb E \left| \sum_i c_i z_i \right|^2 } $$
#
# as a formula (no random numbers). `coefficients` is a list of numbers, `latent_size` is $d$. For one latent,
# `expected_length([1.0], 64)` is 8. Hint for the derivation: multiply the square out; what is
# $\mathbb E\, [z_i \cdot z_j]$ for $i = j$, and for $i \neq j$?


# %% role="exercise" grade_id="expected_length"
# Exercise 5
def expected_length(coefficients, latent_size):
    """Root of the mean squared length of sum c_i z_i for independent z_i ~ N(0, I)."""
    ### BEGIN SOLUTION
    # E[z_i . z_j] is d for i = j and 0 otherwise, so of the double sum only the squares remain.
    return math.sqrt(latent_size * sum(c**2 for c in coefficients))
    ### END SOLUTION


# %% role="check" grade_id="expected_length"
checked_expected_length = check(
    5,
    "expected_length",
    cases=[
        (([1.0], 64), 8.0),
        (([1.0, -1.0, 3.0], 100), 33.1662479),
        (([0.5, 0.5], 64), 5.6568542),
    ],
    mistakes={
        "Lengths add up only for vectors that point the same way; independent latents are nearly at right angles.": [
            8.0,
            50.0,
            8.0,
        ],
        "A length has a square root over everything; this is the squared length.": [
            64.0,
            1100.0,
            32.0,
        ],
        "The coefficients were added up with their signs. But minus signs do not shorten: z and -z have the same "
        "distribution. Square each coefficient.": [8.0, 30.0, 8.0],
        "Each coefficient is squared inside the root: the squared length of c z is c^2 times that of z.": [
            8.0,
            22.3606798,
            8.0,
        ],
        "The latents' own length is missing: each z_i has a mean square of d, not 1.": [
            1.0,
            3.3166248,
            0.70710678,
        ],
    },
    hint="The squared length is the double sum of c_i c_j z_i.z_j; its mean needs E[z_i.z_j] only.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="expected_length" points=1
for case in range(3):
    c = random.normal(size=int(random.integers(2, 6))) * random.uniform(0.5, 2)
    publish(
        **{
            f"length_{case}": expected_length(
                list(map(float, c)), int(random.integers(5, 300))
            )
        }
    )

# %% [markdown]
# Now measure: mean lengths of some combinations of 20,000 triples, $d = 64$, beside what your formula says.

# %% role="spoiler"
triples = np.random.default_rng(1).standard_normal((3, 20_000, 64))
for name, c in (
    ("z1", (1, 0, 0)),
    ("(z1 + z2) / 2", (0.5, 0.5, 0)),
    ("z1 - z2 + z3", (1, -1, 1)),
):
    measured = np.linalg.norm(np.tensordot(c, triples, 1), axis=1).mean()
    print(f"{name:14} measured {measured:6.2f}, formula {checked_expected_length(c, 64):6.2f}")

# %% [markdown]
# ### Straight and round
# A straight walk, `lerp` for *linear interpolation*, leaves the shell: its middle lies where the generator has hardly
# ever been asked to draw. White (2016) proposed to walk along the arc between the two latents instead. With
# $\omega$ the angle between $a$ and $b$,
#
# $$ \mathrm{lerp}(a, b; t) = (1 - t)\, a + t\, b, \qquad
#    \mathrm{slerp}(a, b; t) = \frac{\sin((1 - t)\,\omega)\, a + \sin(t\, \omega)\, b}{\sin \omega} . $$
#
# If $a$ and $b$ have the same length, slerp keeps it all the way. Two checks, ends and lengths, and the picture:

# %% fold="Check both walks, and draw their lengths"
from course_lib.models import latents

random = np.random.default_rng(3)
a, b = latents.rescale(random.standard_normal((2, 64)))  # brought to the length sqrt(64) = 8
print("ends:", np.allclose(latents.slerp(a, b, 0), a), np.allclose(latents.slerp(a, b, 1), b))
on_the_way = np.linalg.norm(latents.slerp(a, b, np.linspace(0, 1, 5)), axis=1)
print("lengths along slerp:", np.round(on_the_way, 6))

t = np.linspace(0, 1, 101)
figure, axes = plt.subplots(figsize=(6.4, 3.2))
band = {"color": plots.COLOURS["neutral"], "alpha": 0.15}
axes.axhspan(8 - 1.4, 8 + 1.4, **band, label="the shell (95 % of all latents)")
for name, between, style in (("lerp", latents.lerp, "--"), ("slerp", latents.slerp, "-")):
    colour = plots.COLOURS["fake" if name == "lerp" else "generator"]
    axes.plot(t, np.linalg.norm(between(a, b, t), axis=1), style, color=colour, label=name)
title = "Length along a walk between two latents, d = 64"
axes.set(title=title, xlabel="t", ylabel="$|z|$", ylim=(4, 10.5))
axes.legend(loc="lower right", ncols=3)
plots.show(
    figure,
    alt="Length against t. Slerp is a level line at 8, inside a grey band for the shell. Lerp sags from 8 to about 5.5 "
    "in the middle, far below the band.",
)


# %% fold="A function that shows rows of pictures"
def show_rows(images, labels, title, xlabel, alt):
    """Rows of images, each with its label in front."""
    columns = len(images) // len(labels)
    grid = plots.tile(images, columns) // 16 * 17
    figure, axes = plt.subplots(figsize=(7.2, 0.8 + 6.2 * len(labels) / columns))
    axes.imshow(grid, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(title=title, xlabel=xlabel, xticks=[])
    axes.set_yticks(np.arange(len(labels)) * 30 + 14, labels)
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    plots.show(figure, alt)


# %%
pairs = latents.rescale(np.random.default_rng(12).standard_normal((3, 2, 64)))
t = np.linspace(0, 1, 12)
paths = [between(a, b, t) for a, b in pairs for between in (latents.lerp, latents.slerp)]
show_rows(
    gan.sample(latents=np.concatenate(paths)),
    labels=["lerp", "slerp"] * 3,
    title="Three walks, each straight (lerp) and round (slerp)",
    xlabel="from $t = 0$ to $t = 1$",
    alt="Six rows of twelve garments. Each walk leads in small steps from one garment to another. Between the straight "
    "and the round version of a walk the difference is small.",
)

# %% [markdown]
# By eye the two hardly differ, and from a handful of walks one could argue either way. So measure: how do 2,000
# middles score, compared with 2,000 latents as they come?

# %%
z1, z2 = np.random.default_rng(5).standard_normal((2, 2000, 64))
for name, z in (
    ("latents as they come", z1),
    ("middles of straight walks", (z1 + z2) / 2),
    ("middles of round walks", latents.rescale(z1 + z2)),
    ("latents half as long again", 1.5 * z1),
):
    length, score = (
        np.linalg.norm(z, axis=1).mean(),
        metrics.frechet_score(gan.sample(latents=z)),
    )
    print(f"{name:28} mean |z| {length:5.2f}   Fréchet distance {score:5.1f}")

# %% [markdown]
# The middles of straight walks score clearly worse, those of round walks as well as fresh latents. The last row is
# there for honesty: leaving the shell *outwards* does this generator little harm. Its layers are nearly
# proportional, so a longer $z$ mostly gives the same picture with more contrast, which the tanh cuts off; a shorter
# one gives a greyer picture, nearer to the mean of all garments.

# %% [markdown]
# ## Exercise 6: walk by degrees
# Slerp asks for a share of the way. Write a walk that asks for an angle: `walk(a, b, degrees)` starts at `a`,
# goes along the great circle that leads towards `b`, and stops after `degrees`. It keeps the length of `a`,
# whatever the length of `b`. It does not end at `b`: at 180 degrees it arrives at `-a`, and negative degrees lead
# away from `b`.
#
# `a` and `b` are arrays of shape (d,), not parallel; return an array (d,). In the plane, `walk([2, 0], [0, 5], 90)`
# is `[0, 2]`. One way: find the part of `b` that is at right angles to `a`, give it the length of `a`, and turn
# from one to the other with cosine and sine.


# %% role="exercise" grade_id="walk"
# Exercise 6
def walk(a, b, degrees):
    """From a, `degrees` along the great circle towards b, at the length of a."""
    ### BEGIN SOLUTION
    a, b = np.asarray(a, float), np.asarray(b, float)
    across = b - (a @ b) / (a @ a) * a  # what is left of b without its part along a
    across *= np.linalg.norm(a) / np.linalg.norm(across)
    angle = math.radians(degrees)
    return math.cos(angle) * a + math.sin(angle) * across
    ### END SOLUTION


# %% role="check" grade_id="walk"
checked_walk = check(
    6,
    "walk",
    cases=[
        ((np.array([2.0, 0.0]), np.array([0.0, 5.0]), 90), np.array([0.0, 2.0])),
        (
            (np.array([3.0, 0.0, 0.0]), np.array([1.0, 1.0, 0.0]), 60),
            np.array([1.5, 2.5980762, 0.0]),
        ),
        (
            (np.array([0.0, 1.0, 0.0]), np.array([2.0, 1.0, 2.0]), -45),
            np.array([-0.5, 0.7071068, -0.5]),
        ),
    ],
    mistakes={
        "Sine and cosine take radians: math.radians(degrees).": [
            [-0.8961472, 1.7879933],
            [-2.8572389, -0.9144319, 0.0],
            [-0.6016797, 0.525322, -0.6016797],
        ],
        "b still has a part along a. Take that away before you give it the length of a.": [
            [0.0, 2.0],
            [3.3371173, 1.8371173, 0.0],
            [-0.4714045, 0.4714045, -0.4714045],
        ],
        "The result should be as long as a; give the part across the length of a first.": [
            [0.0, 5.0],
            [1.5, 0.8660254, 0.0],
            [-1.4142136, 0.7071068, -1.4142136],
        ],
        "It stops at b. It should go on as far as it is told, past b if need be.": [
            [0.0, 2.0],
            [2.1213203, 2.1213203, 0.0],
            [-0.5, 0.7071068, -0.5],
        ],
        "This has the length of b: the walk keeps that of a.": [
            [0.0, 5.0],
            [0.7071068, 1.2247449, 0.0],
            [-1.5, 2.1213203, -1.5],
        ],
        "This has length 1: multiply by the length of a.": [
            [0.0, 1.0],
            [0.5, 0.8660254, 0.0],
            [-0.5, 0.7071068, -0.5],
        ],
    },
    hint="a and the part across must be at right angles and equally long; then cos(angle) * a + sin(angle) * across.",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="walk" points=1
# Half-way, backwards, and past every b.
for case, (least, most) in enumerate(((20, 80), (-170, -20), (185, 300))):
    a, b = random.normal(size=(2, int(random.integers(3, 20)))) * random.uniform(
        0.5, 3, size=(2, 1)
    )
    publish(**{f"end_{case}": walk(a, b, float(random.uniform(least, most)))})

# %% [markdown]
# A tour with your function: all the way round the shell, from four latents in turn, and back to where it began.

# %%
a, b = latents.rescale(np.random.default_rng(21).standard_normal((2, 4, 64)))
angles = np.arange(0, 361, 30)
tours = [checked_walk(*each, degrees) for each in zip(a, b, strict=True) for degrees in angles]
show_rows(
    gan.sample(latents=np.array(tours)),
    labels=[f"tour {number}" for number in range(1, 5)],
    title="Four tours round the shell, 30 degrees a step",
    xlabel="from 0 to 360 degrees",
    alt="Four rows of thirteen garments, each changing step by step into others and ending with the garment it began "
    "with.",
)
middle = len(angles) // 2
print("after 180 degrees at -a:", np.allclose(tours[middle], -a[0]))
print("after 360 degrees at a: ", np.allclose(tours[len(angles) - 1], a[0]))

# %% [markdown]
# ### Main directions
# In which direction do the pictures change most? All that $G$ learns of $z$, it learns through its first layer,
# $W^\top z$. A step along $n$, of length 1, changes this by $W^\top n$, and
#
# $$ |W^\top n|^2 = n^\top W W^\top n $$
#
# is largest for the first eigenvector of $W W^\top$, then for the second, at right angles to it, and so on. This is
# SeFa (Shen and Zhou, 2021). GANSpace (Härkönen and others, 2020) draws many latents and takes the principal components
# of what an early layer answers: the same directions, if it is the first layer, because latents are $N(0, I_d)$.
#
# **Predict first.** Compare the pictures two steps before and two steps behind a latent. How many times as much do they
# change along the first direction as along one at random? And along the last of all 64?

# %% role="spoiler"
from course_lib.models.directions import main_directions

directions = main_directions(gan.sampler, 64)  # (64, 64), one a row
W = gan.sampler.get_weights()[0].astype("float64")  # the first layer's, (64, 1568)
eigenvalues = np.linalg.eigvalsh(W @ W.T)[::-1]
stretched = np.sum((directions @ W) ** 2, axis=1)
print("squared lengths are the eigenvalues:", np.allclose(stretched, eigenvalues, rtol=1e-3))

draw = np.random.default_rng(8)
z = draw.standard_normal((300, 64))
by_chance = draw.standard_normal(64)
by_chance /= np.linalg.norm(by_chance)
for name, n in (
    ("the first", directions[0]),
    ("at random", by_chance),
    ("the last", directions[-1]),
):
    ahead, behind = gan.sample(latents=z + 2 * n), gan.sample(latents=z - 2 * n)
    print(f"{name:9}  a pixel changes by {np.abs(ahead - behind).mean():.2f} on average")

# %% [markdown]
# **Play** (with a running kernel). Large: the picture of one latent. Beside it a map: the same latent, but for its
# place along two of the directions. Below: a walk. Click on the map, or move the sliders; both are the same.
#
# 1. Look at the map first. What do directions 1 and 2 stand for? Then start from *another latent*: is it still so?
# 2. Go to a garment you like and press *walk from here*, go to another, *walk to here*, then *play*. What does the walk
#    pass through?
# 3. *Save* a picture. The file is an ordinary PNG, and remembers its latent: move on, and *load* it again.

# %%
from course_lib.panels.latent_explorer import LatentExplorer

LatentExplorer(gan.sampler, seed=2).show()

# %% [markdown]
# ## Arithmetic
# Directions have meanings too. Radford and others took the mean latent of some smiling women, subtracted that
# of women who do not smile, added that of men, and drew smiling men. To do the like we must know what our
# latents draw: the classifier behind the score names 5,000 samples for us. The meaning of "boot rather than
# sneaker" is then the difference of two means, and we add it to latents of sandals.

# %%
from course_lib.scores import features

classifier = features.load("fashion_mnist")
z = np.random.default_rng(0).standard_normal((5000, 64))
named = classifier.classes(gan.sample(latents=z))
mean_of = {
    name: z[named == label].mean(axis=0) for label, name in enumerate(garments.class_names)
}
boot_minus_sneaker = mean_of["Ankle boot"] - mean_of["Sneaker"]

sandals = z[named == garments.class_names.index("Sandal")]
steps = (0, 1, 2, 3)
rows = [latents.rescale(sandals + step * boot_minus_sneaker) for step in steps]
for step, row in zip(steps, rows, strict=True):
    seen = classifier.classes(gan.sample(latents=row))
    shares = {
        name: np.mean(seen == garments.class_names.index(name))
        for name in ("Sandal", "Ankle boot")
    }
    print(f"{len(row)} sandals + {step} (boot - sneaker): ", end="")
    print(", ".join(f"{share:4.0%} called {name}" for name, share in shares.items()))

show_rows(
    gan.sample(latents=np.concatenate([row[:12] for row in rows])),
    labels=[f"step {step}" for step in steps],
    title="Sandal + step (ankle boot - sneaker)",
    xlabel="twelve latents, one a column",
    alt="Twelve columns of four pictures. At the top sandals and other flat shoes; further down their shafts grow, and "
    "at the bottom most are ankle boots.",
)

# %% [markdown]
# `latents.rescale` brings the sums back to the shell. Means need that most: exercise 5 says that the mean of
# $n$ latents is only $\sqrt{d / n}$ long. (What is left beyond that is the common part: it is the meaning.)

# %% [markdown]
# ## Truncation
# If short latents draw what is typical, one can buy it on purpose. Brock and others (2019) draw each number of
# $z$ again until it lies within $\pm\tau$: the **truncation trick**. It trades variety for typical pictures. We
# measure both, with the share of fakes that are like some real picture (*precision*) and the share of real
# pictures that are like some fake (*recall*; lesson 7).

# %%
thresholds = (10.0, 1.5, 1.0, 0.5)
rows = []
print("threshold  diversity  precision  recall  Fréchet distance")
for threshold in thresholds:
    images = gan.sample(latents=latents.truncated_normal(2000, 64, threshold, seed=4))
    rows.append(images[:12])
    precision, recall = metrics.precision_recall(
        classifier.test_features[:2000], classifier.features(images)
    )
    print(
        f"{threshold:9}  {metrics.diversity(images[:500]):9.2f}  {precision:9.2f}  {recall:6.2f}",
        end="",
    )
    print(f"  {metrics.frechet_score(images):16.1f}")

show_rows(
    np.concatenate(rows),
    labels=["not at all", *(rf"$\tau$ = {each}" for each in thresholds[1:])],
    title="Truncated ever more",
    xlabel="twelve samples each",
    alt="Four rows of twelve garments. Without truncation all kinds, bright and dark; with ever smaller thresholds "
    "they look ever more alike, and with 0.5 only faint dark shapes are left.",
)

# %% [markdown]
# Recall and diversity fall, as they must, and the Fréchet distance gets worse all the way. Precision
# rises a little, but look at what it likes: faint shapes, each near to some real picture and all near to each
# other. For large generators the trick pays, as in the paper; a small one like ours draws short latents as a faint
# mean of everything. A trick is worth what it measures on your own network.

# %% [markdown]
# ## Exercise 7: how long are truncated latents?
# Write `truncated_length(threshold, latent_size)`: the root of the mean squared length of a latent of $d$ numbers,
# each $N(0, 1)$ and drawn again until it is within $\pm\tau$. As a formula, no random numbers.
#
# Start from one number. With $\varphi(u) = e^{-u^2/2} / \sqrt{2 \pi}$, its density within $\pm\tau$ is
# $\varphi(u) / P$, where $P = \int_{-\tau}^{\tau} \varphi = \mathrm{erf}(\tau / \sqrt 2)$ (`math.erf`). You
# need its mean square. Integrate $u \cdot u \varphi(u)$ by parts, with $\varphi'(u) = -u\, \varphi(u)$. Without
# truncation the length is $\sqrt d$, so `truncated_length(9.0, 64)` is 8 to many digits.


# %% role="exercise" grade_id="truncated_length"
# Exercise 7
def truncated_length(threshold, latent_size):
    """Root of the mean squared length of latents whose numbers are N(0, 1) within +-threshold."""
    ### BEGIN SOLUTION
    # By parts: the integral of u * u phi is [-u phi] + the integral of phi = -2 t phi(t) + P; divided by P.
    density = math.exp(-(threshold**2) / 2) / math.sqrt(2 * math.pi)
    inside = math.erf(threshold / math.sqrt(2))
    return math.sqrt(latent_size * (1 - 2 * threshold * density / inside))
    ### END SOLUTION


# %% role="check" grade_id="truncated_length"
checked_truncated_length = check(
    7,
    "truncated_length",
    cases=[((9.0, 64), 8.0), ((1.0, 64), 4.3164808), ((0.5, 100), 2.8388229)],
    mistakes={
        "The density within the threshold is phi / P: the integral must be divided by P.": [
            8.0,
            3.5664933,
            1.7566899,
        ],
        "Both ends of the integral count: the bracket gives tau phi(tau) twice.": [
            8.0,
            6.4277526,
            7.3504733,
        ],
        "Numbers beyond the threshold are drawn again here, not set to the threshold.": [
            8.0,
            5.7469772,
            4.3026546,
        ],
        "This is the squared length; a root is missing.": [64.0, 18.6320061, 8.0589155],
    },
    hint="Mean square of one number = (integral of u^2 phi from -tau to tau) / P; times d; root. (If only the last "
    "digits are off, you have added up small steps, and too few of them: wanted is the closed form, by parts.)",
    otherwise=OUR_ANSWER,
)

# %% role="graded" grade_id="truncated_length" points=1
for case in range(3):
    threshold = float(random.uniform(0.3, 2.2))
    publish(**{f"length_{case}": truncated_length(threshold, int(random.integers(10, 500)))})

# %% [markdown]
# Measure it, beside your formula:

# %% role="spoiler"
for threshold in (2.0, 1.0, 0.5):
    drawn = latents.truncated_normal(20_000, 64, threshold)
    measured = math.sqrt(np.mean(np.sum(drawn**2, axis=1)))
    formula = checked_truncated_length(threshold, 64)
    print(f"threshold {threshold}: measured {measured:.3f}, formula {formula:.3f}")

# %% [markdown]
# ## How large a network?
# The width $w$ sets the size of everything. To see it clearly we take the plain DCGAN of the paper's rules, without our
# three additions: there both networks' large layers have $16 \cdot 2w \cdot w$ weights and cost
# $16 \cdot 49 \cdot 2w \cdot w$ multiplications, so twice the width is nearly four times the work.

# %% tags=["nbval-check-output"]
print("width  parameters  multiplications for one sample and its verdict")
for w in (16, 32, 64, 96):
    in_d, verdict = checked_discriminator_cost(28, [1, w, 2 * w], 4)
    in_d -= 2 * w  # the library's second convolution has no bias
    in_g = networks.dcgan_generator(width=w).count_params()
    sample = 64 * 49 * 2 * w + 49 * 16 * 2 * w * w + 14 * 14 * 16 * w
    print(f"{w:5}  {in_g + in_d:10,}  {sample + verdict:12,}")

# %% [markdown]
# Is the work well spent? The script `data/make_size_table.py` trained four widths of the plain DCGAN
# from the same seed, with batches of 64 and both learning rates 0.001, and scored 5,000 samples of each now and
# then. It also measured how many images each width trains on in a second, on two processor cores. The same scores
# are drawn twice: against steps, and against the time these steps take.
#
# **Predict first:** in which order do the widths come after 1,000 steps, and in which after a minute?

# %% role="spoiler" fold="Draw the scores of four widths, against steps and against seconds"
table = np.genfromtxt(ROOT / "data" / "dcgan_sizes.csv", delimiter=",", names=True)
figure, panels = plt.subplots(1, 2, figsize=(7.4, 3.1), sharey=True)
shades = {16: plots.COLOURS["generator"], 32: "#1C815A", 64: "#115A3D", 96: "#083D29"}
for (width, shade), marker in zip(shades.items(), "o^sD", strict=True):
    rows = table[table["width"] == width]
    for axes, column in zip(panels, ("step", "seconds"), strict=True):
        style = {"color": shade, "markersize": 4, "label": f"width {width}"}
        axes.loglog(rows[column], rows["frechet_distance"], f"{marker}-", **style)
panels[0].set(title="Equal steps", xlabel="training step")
panels[0].set_ylabel("Fréchet distance\n(lower is better)")
panels[1].set(title="Equal seconds", xlabel="seconds of training on two cores")
for axes in panels:
    axes.set_yticks([5, 10, 20], ["5", "10", "20"])
    axes.minorticks_off()
panels[0].set_xticks([125, 500, 2000, 8000], ["125", "500", "2,000", "8,000"])
panels[1].set_xticks([2, 5, 10, 20, 50, 100, 200], ["2", "5", "10", "20", "50", "100", "200"])
panels[0].legend()
plots.show(
    figure,
    alt="Two panels with the Fréchet distance of four widths, falling from about 20 to 5. Against steps the curve of "
    "width 16 lies on top, below it 32, then 64 and 96 close together. Against seconds the order is turned round: 16 "
    "is lowest for the first 100 seconds, then 32 passes it; 64 and 96 are far to the right.",
)

for width in shades:
    rows = table[table["width"] == width]
    speed, scores = rows["images_per_second"][0], rows["frechet_distance"]
    after_steps = np.interp(1000, rows["step"], scores)
    minute = np.interp(60, rows["seconds"], scores)
    print(f"width {width:2}: {speed:5,.0f} images a second; after 1,000 steps ", end="")
    print(f"{after_steps:5.1f}, after 60 seconds {minute:5.1f}")

# %% [markdown]
# Against **steps** the wider network is better, as everybody expects, though 96 has no advantage over 64 so
# far. Against **seconds** the order is turned round: in the same minute the narrow network has taken seven
# times as many steps as one four times as wide. It pays for that later. Between 4,000 and 8,000 steps width 16
# improves little, and width 32 passes it.
#
# So the best size depends on the time you have. For the one minute of this lesson 16 is best, and we took it. (One seed
# each: differences of a few tenths mean nothing. And the speeds are those of one machine.) What do such scores look
# like?

# %% fold="Draw twelve samples of each width, after its last step"
from PIL import Image

by_width = np.asarray(Image.open(ROOT / "data" / "dcgan_sizes.png"))
last = {width: table[table["width"] == width][-1] for width in shades}
figure, axes = plt.subplots(figsize=(7.2, 2.5))
axes.imshow(by_width, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
names = [
    f"{width}: {row['step']:,.0f} steps, score {row['frechet_distance']:.1f}"
    for width, row in last.items()
]
axes.set_yticks(np.arange(len(names)) * 30 + 14, names)
axes.set(title="Plain DCGANs of four widths", xlabel="twelve latents, one a column", xticks=[])
axes.tick_params(length=0)
axes.grid(False)
axes.spines[:].set_visible(False)
plots.show(
    figure,
    alt="Four rows of twelve garments, one row for each width. Most can be named, and in each row some are torn or "
    "have holes.",
)

# %% [markdown]
# ### What our additions gave
# Width 16 alone comes to the score that you have just seen for one minute. Your networks did better in about that
# time. In single trials of a minute of one core each, the plain DCGAN (width 32, batches of 32) came to 6.9; with
# the 3 x 3 convolution in G to 6.0; with the number for variety to 5.8; with a hidden layer of 128 units to 5.3;
# with all three to 3.7. `course_lib/benchmark/NOTES.md` lists what else was tried, and what did not help.
#
# The networks are in `course_lib/models/recipe.py` too, with learning rates that fall. In a terminal,
# `python3 -m course_lib train` trains it and leaves pictures, a film and a report. And `python3 -m course_lib bench`
# measures on your machine: how soon it is as good as the best-known TensorFlow tutorial after five epochs, and twice,
# four and eight times as good, and how many images a second both train on. (It takes an hour or two, because it trains
# the tutorial too.) If you have the time, train on: these are the scores of the generator at the top of this lesson.

# %% tags=["nbval-check-output"]
from course_lib.models import pretrained

report = pretrained.report()
for step, score in zip(report["steps"], report["frechet_distance"], strict=True):
    print(f"after {step:5,} steps: {score:4.1f}")

# %% [markdown]
# ## TensorBoard
# TensorBoard shows curves and pictures of many runs side by side in a browser. Our callback `TensorBoardLog` has
# written both trainings into the folder `runs/06_dcgan/logs` while they ran. What is in it?

# %%
written = [
    value.tag
    for path in Path("runs/06_dcgan/logs").glob("events.*")
    for record in tf.data.TFRecordDataset(str(path))
    for value in tf.compat.v1.Event.FromString(record.numpy()).summary.value
]
for tag in sorted(set(written)):
    print(f"{tag:20} {written.count(tag)} times")

# %% [markdown]
# To look at it, in JupyterLab or on Colab, put these two lines into a cell of their own; nothing leaves your machine:
#
# ```
# %load_ext tensorboard
# %tensorboard --logdir runs/06_dcgan/logs
# ```
#
# or in a terminal, in the folder `lessons`: `tensorboard --logdir runs/06_dcgan/logs`, and open the address it
# prints. `python3 -m course_lib train --tensorboard` writes such a folder too.

# %% [markdown]
# ## Second reading: more hardware
# ### A GPU
# Nothing in the code changes. TensorFlow puts every operation on a GPU if there is one; `device.configure` makes it
# take memory as needed, so that two notebooks can share the card, and `GAN` has its train step compiled as a whole
# by XLA there (on processors that was slower).

# %% role="spoiler"
print(device.report())
place = "GPU:0" if tf.config.list_physical_devices("GPU") else "CPU:0"
with tf.device(place):
    product = tf.ones((256, 256)) @ tf.ones((256, 256))
print("computed on", product.device)

# %% [markdown]
# ### Mixed precision
# Two bytes a number in place of four: half the memory traffic, and several times the speed where the chip multiplies
# such numbers in hardware. `bfloat16` keeps the range of `float32` and has only 8 binary digits; `float16` has 11 but
# a small range, so gradients can vanish, and the loss is scaled up against that. *Mixed* means: compute in 16
# bits, keep the weights in 32.

# %%
for name in ("float16", "bfloat16", "float32"):
    number = tf.cast(1e-8, name)
    print(
        f"{name:8}  1e-8 is kept as {float(number):.2g},  1 + 0.003 as {float(tf.cast(1.003, name)):.4f}"
    )

mixed = keras.layers.Conv2D(8, 4, strides=2, padding="same", dtype="mixed_bfloat16")
output = mixed(np.ones((1, 28, 28, 1), "float32"))
print(
    f"a layer: weights {mixed.kernel.dtype}, computed in {keras.backend.standardize_dtype(output.dtype)}"
)
print("this notebook trained in", keras.mixed_precision.dtype_policy().name)
print("device.configure() would choose", device.report().precision)

# %% [markdown]
# Is it faster? Ask the chip, not the brochure: on a processor without hardware for it, a `bfloat16` step of our GAN
# took 1.4 times as long. `device.configure()` chooses by what it finds and says so. We asked it for float32: layers as
# narrow as ours have little to gain, and a network for 16 bits needs one thing more, a last layer with
# `dtype="float32"`, because images and losses want more digits (`course_lib/models/networks.py`).
#
# ### Many GPUs
# The usual way is *data parallelism*: every device takes a part of the batch, and the gradients are averaged. It
# rests on one fact: the gradient of a mean is the mean of the parts' gradients,
#
# $$ \nabla \frac1n \sum_{i=1}^n L_i = \frac12 \left( \nabla \frac2n \sum_{i \le n/2} L_i
#    + \nabla \frac2n \sum_{i > n/2} L_i \right) . $$

# %%
judge = networks.dcgan_discriminator(width=8)


def gradients(images):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.math.softplus(-tf.cast(judge(images), "float32")))
    return np.concatenate(
        [np.ravel(each) for each in tape.gradient(loss, judge.trainable_variables)]
    )


images = garments.images_train[:64]
whole, halves = gradients(images), (gradients(images[:32]) + gradients(images[32:])) / 2
print(
    f"largest gradient {np.abs(whole).max():.3f}, largest difference {np.abs(whole - halves).max():.1e}"
)

# %% [markdown]
# TensorFlow's `MirroredStrategy` does the rest: it keeps a copy of all weights on every device and adds the
# gradients up. Whatever is made inside its scope is shared. On a machine with one device, or none but the
# processor, it has one copy and changes nothing.

# %% role="spoiler"
tf.get_logger().setLevel("ERROR")  # with no GPU here, TensorFlow would explain that at length
strategy = tf.distribute.MirroredStrategy()
print("copies of the networks that work together:", strategy.num_replicas_in_sync)
with strategy.scope():
    shared = GAN(networks.dcgan_generator(width=8), networks.dcgan_discriminator(width=8))
    shared.compile()
train(shared, garments.images_train[:640], batch_size=64, steps=3)
print("steps done:", shared.step)

# %% [markdown]
# Three things need care, and `course_lib` takes it: losses are means, so each device's share is divided by the
# number of devices before the gradients are added; batch norm must use the statistics of the whole batch; and
# each device needs its own part of the noise. A test in the repository trains on two devices made of one
# processor and gets the losses of one. With Keras 3.15 several steps in one execution do not work on several
# devices, so there `GAN` does one at a time. Many machines are another story, told in `course_lib/training/CLUSTER.md`.

# %% [markdown]
# ## Exercise 8: your own generator
# This one is open, and carries no points: many answers are right. Write `make_generator(latent_size)`, a Keras
# model from latents (batch, latent_size) to pictures (batch, 28, 28, 1) in [-1, 1] that begins with `keras.Input`,
# with **at most 60,000 parameters** (ours has 118,337). Ideas: another split between the two stages; `UpSampling2D` and
# an ordinary convolution in place of a transposed one, against the fine pattern; a third stage from 4 x 4, cropped.


# %% role="exercise" grade_id="make_generator"
# Exercise 8
def make_generator(latent_size):
    """A Keras model: (batch, latent_size) -> images (batch, 28, 28, 1), at most 60,000 parameters."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(7 * 7 * 16, use_bias=False),
            layers.Reshape((7, 7, 16)),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.UpSampling2D(),
            layers.Conv2D(48, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
            layers.Activation("tanh", dtype="float32"),
        ]
    )
    ### END SOLUTION


# %% role="check" grade_id="make_generator"


def draws_small_pictures(make_generator):
    network = make_generator(20)
    takes = getattr(network, "input_shape", None)
    if takes is None:
        return (
            "It does not know yet what it takes, so it has no parameters to count. Begin it with "
            "keras.Input((latent_size,)): GAN and the cells above ask for its sizes too."
        )
    if takes != (None, 20):
        return f"Made for latent_size = 20 it takes {takes}, and should take (None, 20)."
    set_at_random(network, 1)  # large weights: before training a missing tanh hardly shows
    z = np.random.default_rng(0).standard_normal((6, 20), dtype="float32")
    images = np.asarray(network(z, training=True), "float32")
    if images.shape != (6, 28, 28, 1):
        return f"Six latents should give pictures of shape (6, 28, 28, 1), but gave {images.shape}."
    if np.abs(images).max() > 1:
        return f"Pixels go up to {np.abs(images).max():.3g}, outside [-1, 1]: which function comes last in a DCGAN?"
    if images.min() >= 0:
        return "No pixel is ever below 0, but the data go from -1 to 1, and a sigmoid from 0 to 1: end it in tanh."
    if images.std(axis=0).max() < 1e-6:
        return "All latents give the same picture."
    count = make_generator(64).count_params()
    if count > 60_000:
        return f"Made for 64 latents it has {count:,} parameters; 60,000 are allowed. Which layer holds most of them?"
    return None


checked_make_generator = check_that(
    8,
    "make_generator",
    draws_small_pictures,
    hint="Print the shape after every layer, as above.",
    otherwise=OUR_ANSWER,
)

# %% [markdown]
# Is it any good? To train it for a minute, set `TRAIN_MINE` to `True`. For comparison, see where the
# curve of ours was at step 1,600.

# %%
TRAIN_MINE = False

if TRAIN_MINE:
    mine = GAN(
        checked_make_generator(64), checked_build_discriminator((28, 28, 1), (16, 32), 256)
    )
    mine.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        steps_per_execution=20,
    )
    its_recorder = Recorder(grid=(3, 8), score=metrics.frechet_score)
    its_watchers = [its_recorder, LivePicture(its_recorder)]
    train(mine, garments.images_train, 32, steps=1600, callbacks=its_watchers)
    print(f"Fréchet distance {metrics.frechet_score(mine.sample(2000, seed=1)):.1f}")

# %% [markdown]
# ## Your own pictures
# Nothing in a DCGAN knows that it draws clothes. Leaves you photographed, scanned stamps, your drawings: all it asks
# for is an array of squares, and two networks of the same side. What helps:
#
# - pictures that are alike in what they show and how they show it, some hundreds or more;
# - a small side first, 32, until you have seen that something comes of it; then 64;
# - if you have only a few large ones, cut them into many small ones, as we do with prints further down.
#
# ### From a folder to an array
# `datasets.from_folder` reads PNG and JPEG files of any size and kind. It turns each upright if the camera noted how it
# was held, lays transparent ones on white, keeps the middle square and resizes it. A byte $p$ from 0 to 255 becomes
#
# $$ x = \frac{p}{127.5} - 1 \in [-1, 1], $$
#
# the range of the tanh at the end of G. To have a folder to read, we write the course's emoji into one, a file each. To
# use a folder of your own, put its path in the place of `temporary.name`. (On Colab and Binder, upload it with the file
# browser first. A file that cannot be read is named and left out.)

# %%
from tempfile import TemporaryDirectory

from PIL import Image

from course_lib.media import pictures

emoji = datasets.load("emoji")
temporary = TemporaryDirectory()  # it goes when this kernel does
for number, pixels in enumerate(pictures.to_uint8(emoji.images_train)):
    Image.fromarray(pixels).save(f"{temporary.name}/emoji_{number:04}.png")

MY_PICTURES = temporary.name
my_images = datasets.from_folder(MY_PICTURES, side=32)
print(f"{my_images.shape}, {my_images.dtype}, from {my_images.min()} to {my_images.max()}")

file = np.asarray(Image.open(f"{temporary.name}/emoji_0000.png"), "float32")
read = datasets.from_folder(temporary.name, side=32, pattern="emoji_0000*")[0]
print("largest difference of array and formula:", np.abs(read - (file / 127.5 - 1)).max())

# %% [markdown]
# Look before you train: what the array has lost, no network can learn. Below is a print by Hokusai, and what
# `from_folder` keeps of it for two sides.

# %% fold="Draw the Great Wave, and what from_folder keeps of it"
from course_lib import ROOT

PRINTS = ROOT / "data" / "paintings"
whole = Image.open(PRINTS / "hokusai_great_wave.webp").convert("RGB")
whole.thumbnail((260, 260))  # smaller than it is, for the notebook's sake
kept = [datasets.from_folder(PRINTS, side, "hokusai_great_wave*")[0] for side in (64, 32)]
figure, panels = plt.subplots(1, 3, figsize=(6.6, 2.2), width_ratios=(1.48, 1, 1))
shown = zip(
    panels,
    (np.asarray(whole), *map(pictures.to_uint8, kept)),
    ("The print", "side 64", "side 32"),
    strict=True,
)
for axes, image, title in shown:
    axes.imshow(image, interpolation="nearest")
    axes.set(title=title, xlabel="column", ylabel="row")
    axes.grid(False)
plots.show(
    figure,
    alt="The Great Wave off Kanagawa three times: whole; its middle square in 64 by 64 pixels, where the wave and "
    "Mount Fuji can be told; and in 32 by 32, where the wave is a shape of blue and white squares.",
)

# %% [markdown]
# ### Networks for any side
# Both networks follow from the side $s$. Halve it until 8 or less is left: $s = s_0 \cdot 2^k$. That makes $k$ stages,
# and $s_0$ is the side of the small picture with which G begins and D ends. Next to the picture there are $w$ channels,
# one stage further $2w$, then $4w$ and so on; and three colours at the end, red, green and blue.
#
# With that your `build_discriminator` makes the D for any side. For G we take another way to enlarge: copy each pixel
# to four, then a 3 x 3 convolution. It costs more, but cannot start as a checkerboard (lesson 5), and after a short
# training its pictures are cleaner. A loop over the stages builds it.


# %%
def plan(side, width):
    """(s_0, channels): what is left of a side halved until 8 or less, and w, 2w, 4w, ... for the k stages."""
    k = 0
    while side > 8:
        if side % 2:
            raise ValueError(f"{side} cannot be halved any more: take 28, 32, 48, 64 or 96")
        side, k = side // 2, k + 1
    return side, [width * 2**stage for stage in range(k)]


def own_generator(side, width=16, latent_size=64):
    first, channels = plan(side, width)
    network = keras.Sequential([keras.Input((latent_size,))])
    numbers = first * first * channels[-1]
    network.add(layers.Dense(numbers, use_bias=False, kernel_initializer=small_weights()))
    network.add(layers.Reshape((first, first, channels[-1])))
    for count in reversed([3, *channels[:-1]]):  # for 64: 32, 16, and the three colours
        network.add(layers.BatchNormalization(momentum=0.9))
        network.add(layers.ReLU())
        network.add(layers.UpSampling2D())
        options = {"use_bias": count == 3, "kernel_initializer": small_weights()}
        network.add(layers.Conv2D(count, 3, padding="same", **options))
    network.add(layers.Activation("tanh"))
    return network


def own_discriminator(side, width=16):
    return checked_build_discriminator((side, side, 3), plan(side, width)[1], 256)


for side in (28, 32, 48, 64, 96):
    first, channels = plan(side, 16)
    drawn = own_generator(side)(np.zeros((2, 64), "float32"))
    judged = own_discriminator(side)(drawn)
    print(f"side {side} = {first} * 2^{len(channels)}, channels {channels}: ", end="")
    print(f"G gives {tuple(drawn.shape)}, D {tuple(judged.shape)}")

# %% [markdown]
# What does a larger side cost? Count a plain D, as in exercise 2. Its convolution next to the picture takes
# $(\frac s2)^2 \cdot 16 \cdot 3 \cdot w$ multiplications. The one after it has a quarter of the pixels, but $w$
# channels before it and $2w$ behind; the next again a quarter, with $2w$ and $4w$. A quarter of the pixels, twice the
# channels on both sides: the factors cancel, and every further stage costs the same. With the dense layer,
#
# $$ \text{multiplications} = 12\, s^2 w + (k - 1) \cdot 2\, s^2 w^2 + s_0^2 \cdot 2^{k-1} w . $$
#
# **Predict first.** A side of 64 makes four times as many pixels as one of 32. How many times as many multiplications
# does D need, for $w = 16$?

# %% role="spoiler" fold="Count by your function of exercise 2, and by the formula"
counts = {}
for side in (32, 64):
    first, channels = plan(side, 16)
    k, w = len(channels), 16
    counts[side] = checked_discriminator_cost(side, [3, *channels], 4)[1]
    formula = 12 * side**2 * w + (k - 1) * 2 * side**2 * w**2 + first**2 * 2 ** (k - 1) * w
    print(f"side {side}: {counts[side]:9,} counted, {formula:9,} by the formula")
print(f"{counts[64] / counts[32]:.2f} times as many")

# %% [markdown]
# It is the additional stage that makes it more than four. (A whole step grows somewhat less, because not all of it is
# multiplication; further down we measure that.)
#
# ### Half a minute of emoji
# The game and the train step stay as they are. A score we leave out: the network behind our Fréchet distance has learnt
# to tell garments, and looks at grey pictures of 28 x 28 only. For pictures of your own there is no such network, so
# you are the judge; lesson 7 says how to judge without fooling oneself.


# %% role="spoiler"
def own_gan(side):
    """A compiled GAN of the two networks, its weights drawn from seed 0."""
    keras.utils.set_random_seed(0)
    gan = GAN(own_generator(side), own_discriminator(side), averaging=0.998)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        steps_per_execution=10,
    )
    return gan


gan = recorder = watchers = None  # their run lies on the disk, and here its memory is needed
keras.backend.clear_session()
gc.collect()
emoji_gan = own_gan(side=32)
own_recorder = Recorder(grid=(3, 8))
watchers = [own_recorder, LivePicture(own_recorder)]
train(emoji_gan, my_images, batch_size=32, steps=1200, callbacks=watchers)


# %% fold="Draw pictures from the folder and from the generator"
def show_both(real, drawn, columns, titles, size, alt):
    """Real pictures above, drawn ones below."""
    heights = [len(images) // columns for images in (real, drawn)]
    figure, panels = plt.subplots(2, 1, figsize=size, height_ratios=heights)
    for axes, images, title in zip(panels, (real, drawn), titles, strict=True):
        axes.imshow(plots.tile(images, columns), interpolation="nearest")
        axes.set_title(title)
        axes.set_axis_off()
    plots.show(figure, alt)


show_both(
    my_images[:: len(my_images) // 12][:12],
    emoji_gan.sample(24, seed=3),
    12,
    ("From the folder", "Drawn after 1,200 steps"),
    (5.6, 2.1),
    alt="Above twelve emoji on white, among them a palette, a leaf and a face. Below 24 drawn ones: yellow and orange "
    "discs, blue and red squares with darker marks, small figures; hardly one can be named.",
)

# %% [markdown]
# Discs and squares, the yellow of faces and the blue of signs, each in the middle of a white ground: so much is learnt
# in half a minute. To go on: `train(emoji_gan, my_images, 32, steps=5000, callbacks=watchers)` in a cell of its own.
# (In a trial a generator of transposed convolutions came to the same kernel distance, the score of lesson 9 for emoji,
# and yet all its pictures were covered by a fine grid of dots. A score is no eye.)
#
# ### Larger: 64 x 64
# The course has seven prints by Hokusai. Seven pictures are no data set, but `datasets.crops_from_folder` cuts as many
# squares out of them as one likes, at random places, their sides here 0.4 to 0.8 of the print's shorter side.
# The same functions build the networks. A few steps show that all fits together, and what a step costs:

# %%
import time

crops = datasets.crops_from_folder(
    PRINTS, side=64, count=256, shares=(0.4, 0.8), pattern="hokusai_*"
)
prints_gan = own_gan(side=64)
prints_gan.run_eagerly = True  # compiling pays for thousands of steps, not for twenty
train(prints_gan, crops, batch_size=32, steps=5)
begin = time.process_time()
train(prints_gan, crops, batch_size=32, steps=20)
milliseconds = 1000 * (time.process_time() - begin) / 15
print(f"{milliseconds:.0f} ms of processor time a step, not compiled")

# %% [markdown]
# For good pictures one needs patience here, or a GPU. The script `data/make_print_generator.py` had the patience: it
# trained the same generator against a D like yours on 6,000 crops, with learning rates that fall. How long that took is
# printed below. Its weights fit into our own generator, because the two are the same layer by layer.

# %%
import json

report = json.loads((ROOT / "data" / "pretrained" / "print_generator.json").read_text())
print(f"{report['steps']:,} steps of {report['batch_size']} crops: ", end="")
print(f"{report['processor_seconds'] / 60:.0f} minutes of one processor core")

patient = own_generator(side=64)
with np.load(ROOT / "data" / "pretrained" / "print_generator.npz") as archive:
    patient.set_weights([archive[name] for name in sorted(archive.files)])
z = np.random.default_rng(8).standard_normal((14, 64), dtype="float32")
show_both(
    crops[:7],
    np.asarray(patient(z, training=False)),
    7,
    ("Crops of prints by Hokusai", "Drawn by the patient generator"),
    (4.4, 2.5),
    alt="Above seven crops of prints: poppies, a robe, a boat, rice fields. Below fourteen drawn pictures in the same "
    "colours: bands of blue and green like water under a pale sky, dark branches on grey, red shapes like robes or "
    "petals; nothing whole can be named.",
)

# %% [markdown]
# Water under a pale sky, dark branches, something like a robe or a petal: the colours are Hokusai's, but there is not
# one whole boat. So much comes of seven pictures and a quarter of an hour. Whether such a generator copies what it has
# seen, one can measure (lesson 7); when pictures are few, differentiable augmentation keeps D from learning them by
# heart (lesson 9).

# %% [markdown]
# ## What we saw
# - A DCGAN shrinks and enlarges pictures by learned, strided convolutions; every rule keeps gradients alive or
#   neither side from winning early.
# - A convolution costs $H W k^2 C_{in} C_{out}$ multiplications: twice the width, four times the work.
# - GAN losses do not measure quality. Samples do, and a distance between real and drawn ones.
# - A checkpoint is the whole state: both networks, both optimisers, averages, noise, step.
# - Latents live on a shell of radius $\sqrt d$. Walk on it, bring sums back to it, and measure before you trust
#   a trick.
# - Against steps the larger network wins; against seconds it need not.
# - Stages in a loop build networks for any side: half a minute for your own pictures at 32 x 32, patience at 64 x 64.

# %% [markdown]
# ## Quiz
#
# <details><summary>1. Why has the discriminator no sigmoid at its end, and where has it gone?</summary>
# Into the loss. softplus(-l) is -log sigmoid(l), computed without overflow; a sigmoid before it would be a second
# one.</details>
#
# <details><summary>2. The discriminator loss stands at 1.386 from the first step on. What does that mean?</summary>
# D pays 2 log 2, what guessing costs. Either it learns nothing (frozen weights, a learning rate of 0), or the
# fakes are perfect; after one step the first is likelier.</details>
#
# <details><summary>3. A run is resumed from the weights of both networks alone. What goes wrong?</summary>
# Adam's running gradients begin at 0 and its step count at 1, so the first steps are too large for where the run was.
# The same noise comes again, and the averaged weights and the history are lost. It trains, but it is another
# run.</details>
#
# <details><summary>4. You double the width of both networks. What happens to the parameters of the middle layers, and
# to those of the dense layer in G?</summary>
# The middle layers go from 2w to w channels: four times as many. The dense layer goes from 64 numbers to 49 times 2w:
# twice as many.</details>
#
# <details><summary>5. You average the latents of 100 boots and draw the mean as it is. Why may it look grey?</summary>
# Apart from what boots have in common it is only sqrt(d / 100) long, a tenth of the shell's radius: far inside,
# where the generator draws the mean of many garments. Bring it to the length sqrt(d) first.</details>

# %% [markdown]
# ## Where next
# Lesson 7 asks whether it worked: where the Fréchet distance comes from, what it hides, and whether the generator
# copies its training pictures. Lesson 8 breaks GANs and finds out why; lesson 9 makes one draw the garment you ask
# for.
#
# And you have a trained generator and a checkpoint. To train on, run the cell that resumes with a larger number of
# `steps`. To play another game, write `loss="hinge"` into `gan.compile` in the cell that trains and in the one that
# resumes (lesson 3 compares the losses). Other pictures want networks of their size and colours, and no Fréchet
# distance, which knows garments only: *Your own pictures* above has both. Put your folder into `MY_PICTURES` and run
# the section again.
#
# ## References
# - I. Goodfellow and others, *Generative adversarial nets*, 2014. Algorithm 1 is the train step.
# - S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate
#   shift*, 2015. Section 3.
# - A. Radford, L. Metz, S. Chintala, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, 2015, arXiv:1511.06434. Sections 3 and 4 for the rules, 6.3 for walks and arithmetic.
# - T. White, *Sampling generative networks*, 2016, arXiv:1609.04468. Section 2 for slerp.
# - A. Odena, V. Dumoulin, C. Olah, *Deconvolution and checkerboard artifacts*, Distill, 2016. All of it, for
#   the pictures.
# - T. Karras and others, *Progressive growing of GANs for improved quality, stability, and variation*, 2018,
#   arXiv:1710.10196. Section 3 for the number for variety.
# - E. Härkönen and others, *GANSpace: discovering interpretable GAN controls*, 2020, arXiv:2004.02546. Section 2.1.
# - Y. Shen, B. Zhou, *Closed-form factorization of latent semantics in GANs*, 2021, arXiv:2007.06600. Section 3.2, for
#   the main directions.
# - Y. Yazici and others, *The unusual effectiveness of averaging in GAN training*, 2019, arXiv:1806.04498.
# - A. Brock, J. Donahue, K. Simonyan, *Large scale GAN training for high fidelity natural image synthesis*, 2019,
#   arXiv:1809.11096. Section 3.1 for truncation.

# %% [markdown] role="notes"
# ## For teachers
#
# **Timing.** Two halves: an hour and a quarter to the end of the training, and as long for latent space and the rest.
# The two trainings take about a minute together on two quiet cores (102,400 images); let the class talk about the live
# picture meanwhile. Kernel memory is about 1.5 GB. *Your own pictures* can stand alone, as a project: everybody brings
# a folder.
#
# **Usual misconceptions.** That falling losses mean progress. That the mode of a density is where its samples
# are (have them predict the mean length for d = 2 and d = 512 before the table). That slerp looks better
# because it should: the walks hardly differ by eye, only the scores do. That truncation always improves
# quality. That saving the weights is saving the run.
#
# **Exercise 4** is the one to discuss in class: ask which fault they would have noticed without the check. (The
# stale step is the quietest: everything looks right, only the noise repeats.) Let somebody restart the kernel
# on the projector. **Exercises 1 and 3** are copied from the lists without much thought by those who know Keras; ask
# those what would change with a bias before the norm, or a sigmoid at the end of D.
#
# **Ask.** "Why does the learning rate of the paper not suit us?" (Narrow networks, short time.) "Why does the
# table of sizes need a quiet machine for the speeds but not for the scores?" "Which rule of the DCGAN does your
# exercise 8 break, and did it matter?"
