"""Answers to lesson 06, for tests only."""

RIGHT = {
    # functional, activations inside the layers, an initialiser of its own making
    "build_discriminator": """
def build_discriminator(image_shape, channels, hidden):
    def start():
        return keras.initializers.RandomNormal(mean=0.0, stddev=0.02)

    def leaky(a):
        return keras.ops.leaky_relu(a, negative_slope=0.2)

    picture = a = keras.Input(shape=tuple(image_shape))
    for number in range(len(channels)):
        a = layers.Conv2D(channels[number], (4, 4), (2, 2), "same", activation=leaky, kernel_initializer=start())(a)
    a = layers.Flatten()(networks.MinibatchDeviation()(a))
    a = layers.Dense(hidden, activation=leaky, kernel_initializer=start())(a)
    return keras.Model(picture, layers.Dense(units=1, kernel_initializer=start())(a))
""",
    # the layers in a list, activations inside
    "build_generator": """
def build_generator(latent_size, first, channels, colours):
    def stamp(count, **options):
        return layers.Conv2DTranspose(count, 4, 2, "same", kernel_initializer=small_weights(), **options)

    def normed():
        return [layers.BatchNormalization(momentum=0.9), layers.Activation("relu")]

    body = [layers.Dense(first**2 * channels[0], use_bias=False, kernel_initializer=small_weights())]
    body += [layers.Reshape((first, first, channels[0])), *normed()]
    body += [layers.Conv2D(channels[0], 3, 1, "same", use_bias=False, kernel_initializer=small_weights()), *normed()]
    for count in list(channels)[1:]:
        body += [stamp(count, use_bias=False), *normed()]
    return keras.Sequential([keras.Input((latent_size,)), *body, stamp(colours, activation="tanh")])
""",
    # the list of sides first, then sums over the layers
    "discriminator_cost": """
def discriminator_cost(side, channels, kernel):
    sides = [side]
    for _ in channels[1:]:
        sides.append((sides[-1] + 1) // 2)
    weights = [kernel * kernel * a * b for a, b in zip(channels, channels[1:])]
    dense = sides[-1] * sides[-1] * channels[-1]
    parameters = sum(weights) + sum(channels[1:]) + dense + 1
    return parameters, sum(w * s * s for w, s in zip(weights, sides[1:])) + dense
""",
    # one array a list, stacked flat, with the shapes beside it
    "checkpoint": """
def snapshot(run):
    flat = lambda arrays: np.concatenate([a.flatten() for a in arrays])
    return {
        "w": flat(run["weights"]),
        "v": flat(run["velocities"]),
        "counters": np.array([run["seed"], run["step"]]),
    }


def restore(saved):
    cut = lambda a: [a[:3].copy(), a[3:].reshape(2, 2).copy()]
    seed, step = (int(number) for number in saved["counters"])
    return {"seed": seed, "step": step, "weights": cut(saved["w"]), "velocities": cut(saved["v"])}
""",
    "expected_length": """
def expected_length(coefficients, latent_size):
    return np.linalg.norm(coefficients) * latent_size**0.5
""",
    # slerp between a and b brought to one length, past its end if need be
    "walk": """
def walk(a, b, degrees):
    a, b = np.array(a, float), np.array(b, float)
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    whole = np.arccos(np.clip(a @ b / (a @ a), -1, 1))
    angle = np.deg2rad(degrees)
    return (np.sin(whole - angle) * a + np.sin(angle) * b) / np.sin(whole)
""",
    # the mean square by numerical integration
    "truncated_length": """
def truncated_length(threshold, latent_size):
    u = (np.arange(200_000) + 0.5) / 200_000 * threshold
    density = np.exp(-(u**2) / 2)
    return math.sqrt(latent_size * np.sum(u**2 * density) / np.sum(density))
""",
    "make_generator": """
def make_generator(latent_size):
    from keras import Input, Sequential, layers

    model = Sequential([Input((latent_size,)), layers.Dense(7 * 7 * 12, activation="relu"), layers.Reshape((7, 7, 12))])
    model.add(layers.Conv2DTranspose(20, 4, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"))
    return model
""",
}

DISCRIMINATOR = """
def build_discriminator(image_shape, channels, hidden):
    model = keras.Sequential([keras.Input(image_shape)])
    for count in channels:
        model.add(layers.Conv2D(count, 4, strides=2, padding="same", kernel_initializer=small_weights()))
        model.add(layers.LeakyReLU(0.2))
    model.add(networks.MinibatchDeviation())
    model.add(layers.Flatten())
    model.add(layers.Dense(hidden, kernel_initializer=small_weights()))
    model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(1, kernel_initializer=small_weights()))
    return model
"""
GENERATOR = """
def build_generator(latent_size, first, channels, colours):
    model = keras.Sequential([keras.Input((latent_size,))])
    model.add(layers.Dense(first * first * channels[0], use_bias=False, kernel_initializer=small_weights()))
    model.add(layers.Reshape((first, first, channels[0])))
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.ReLU())
    model.add(layers.Conv2D(channels[0], 3, padding="same", use_bias=False, kernel_initializer=small_weights()))
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.ReLU())
    for count in channels[1:]:
        model.add(layers.Conv2DTranspose(count, 4, strides=2, padding="same", use_bias=False,
                                         kernel_initializer=small_weights()))
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU(negative_slope=0.0))
    model.add(layers.Conv2DTranspose(colours, 4, strides=2, padding="same", kernel_initializer=small_weights()))
    model.add(layers.Activation("tanh"))
    return model
"""
COST = """
def discriminator_cost(side, channels, kernel):
    parameters = multiplications = 0
    for a, b in zip(channels, channels[1:]):
        {new_side}
        parameters += kernel{squared} * a * b + {bias}
        multiplications += side**2 * kernel{squared} * a * b
        {late_side}
    {dense}
    return parameters, multiplications
"""
GOOD = {
    "new_side": "side = math.ceil(side / 2)",
    "late_side": "",
    "squared": "**2",
    "bias": "b",
    "dense": "parameters += side**2 * b + 1; multiplications += side**2 * b",
}
SNAPSHOT = """
def snapshot(run):
    saved = {f"weights/{i}": w.copy() for i, w in enumerate(run["weights"])}
    saved |= {f"velocities/{i}": v.copy() for i, v in enumerate(run["velocities"])}
    return saved | {"step": run["step"], "seed": run["seed"]}


def restore(saved):
    weights = [saved["weights/0"], saved["weights/1"]]
    velocities = [saved["velocities/0"], saved["velocities/1"]]
    return {"weights": weights, "velocities": velocities, "step": int(saved["step"]), "seed": int(saved["seed"])}
"""


def changed(source: str, old: str, new: str) -> str:
    assert old in source
    return source.replace(old, new)


WRONG = {
    "build_discriminator": [
        (
            changed(DISCRIMINATOR, "layers.Dense(1, kernel_initializer=small_weights())", "layers.Dense(1)"),
            "of shape (256, 1) starts with",
        ),
        (
            changed(DISCRIMINATOR, "[keras.Input(image_shape)]", ""),
            "with a keras.Input in front",
        ),
        (
            changed(DISCRIMINATOR, "layers.Dense(1,", 'layers.Dense(1, activation="sigmoid",'),
            "the logit itself is wanted",
        ),
        (
            changed(DISCRIMINATOR, "layers.LeakyReLU(0.2)", "layers.ReLU()").replace(
                "layers.LeakyReLU(negative_slope=0.2)", "layers.ReLU()"
            ),
            "no unit may be shut",
        ),
        (
            changed(DISCRIMINATOR, "layers.LeakyReLU(0.2)", "layers.LeakyReLU()").replace(
                "layers.LeakyReLU(negative_slope=0.2)", "layers.LeakyReLU()"
            ),
            "The slope is Keras's own",
        ),
        (
            changed(DISCRIMINATOR, "    model.add(layers.LeakyReLU(negative_slope=0.2))\n", ""),
            "The hidden layer lacks",
        ),
        (
            changed(DISCRIMINATOR, "        model.add(layers.LeakyReLU(0.2))\n", ""),
            "The convolutions lack",
        ),
        (
            changed(DISCRIMINATOR, "    model.add(networks.MinibatchDeviation())\n", ""),
            "number for variety is missing",
        ),
        (
            changed(DISCRIMINATOR, 'padding="same", kernel', 'padding="same", use_bias=False, kernel')
            .replace("1, kernel", "1, use_bias=False, kernel")
            .replace("hidden, kernel", "hidden, use_bias=False, kernel"),
            "The biases are missing",
        ),
        (changed(DISCRIMINATOR, 'padding="same", kernel', "kernel"), "other shapes than described"),
        (changed(DISCRIMINATOR, "(count, 4,", "(count, 5,"), "the kernels' shapes are (5, 5"),
        (
            changed(DISCRIMINATOR, 'padding="same", kernel_initializer=small_weights()', 'padding="same"'),
            "not 0.02: give each",
        ),
        (
            changed(DISCRIMINATOR, "    model = ", "    start = small_weights()\n    model = ").replace(
                "=small_weights()", "=start"
            ),
            "start with the same numbers",
        ),
        (
            changed(
                DISCRIMINATOR,
                "        model.add(layers.LeakyReLU(0.2))\n",
                "        model.add(layers.BatchNormalization())\n        model.add(layers.LeakyReLU(0.2))\n",
            ),
            "ours should have none",
        ),
        (
            changed(DISCRIMINATOR, "for count in channels:", "for count in (16, 32):"),
            "For channels = (5, 6, 8) the kernels' shapes are",
        ),
        (
            changed(DISCRIMINATOR, "keras.Input(image_shape)", "keras.Input((28, 28, 1))"),
            "it takes (None, 28, 28, 1)",
        ),
    ],
    "build_generator": [
        (
            changed(
                GENERATOR,
                "        model.add(layers.BatchNormalization(momentum=0.9))\n"
                "        model.add(layers.ReLU(negative_slope=0.0))\n",
                "        model.add(layers.ReLU(negative_slope=0.0))\n"
                "        model.add(layers.BatchNormalization(momentum=0.9))\n",
            ),
            "In which order do the layers come",
        ),
        (
            changed(GENERATOR, "    model = ", "    start = small_weights()\n    model = ").replace(
                "=small_weights()", "=start"
            ),
            "start with the same numbers",
        ),
        (changed(GENERATOR, '"tanh"', '"sigmoid"'), "It ends in a sigmoid"),
        (changed(GENERATOR, '    model.add(layers.Activation("tanh"))\n', ""), "tanh is missing"),
        (
            changed(GENERATOR, "layers.ReLU(negative_slope=0.0)", "layers.LeakyReLU(0.2)"),
            "LeakyReLU in D only",
        ),
        (changed(GENERATOR, "        model.add(layers.ReLU(negative_slope=0.0))\n", ""), "A ReLU is missing"),
        (
            changed(GENERATOR, 'strides=2, padding="same", use_bias=False,', 'strides=2, padding="same",'),
            "before a norm has a bias",
        ),
        (
            changed(GENERATOR, "(colours, 4,", "(colours, 4, use_bias=False,"),
            "The last convolution has no bias",
        ),
        (
            changed(
                GENERATOR,
                "    model.add(layers.Activation",
                "    model.add(layers.BatchNormalization(momentum=0.9))\n    model.add(layers.Activation",
            ),
            "a norm after the last convolution",
        ),
        (
            changed(
                GENERATOR,
                "        model.add(layers.BatchNormalization(momentum=0.9))\n        model",
                "        model",
            ),
            "A norm is missing",
        ),
        (
            changed(
                GENERATOR,
                "        model.add(layers.BatchNormalization(momentum=0.9))",
                "        model.add(layers.BatchNormalization())",
            ),
            "want momentum=0.9",
        ),
        (
            changed(GENERATOR, "for count in channels[1:]:", "for count in channels:"),
            "it makes (None, 48, 48, 2)",
        ),
        (changed(GENERATOR, "Conv2DTranspose(count, 4", "Conv2DTranspose(count, 5"), "it has kernels"),
        (changed(GENERATOR, "(colours, 4,", "(1, 4,"), "it makes (None, 24, 24, 1)"),
        (
            changed(
                GENERATOR,
                'strides=2, padding="same", kernel_initializer=small_weights()',
                'strides=2, padding="same"',
            ),
            "not 0.02: give each",
        ),
    ],
    "discriminator_cost": [
        (COST.format(**GOOD | {"new_side": "side = side // 2"}), "An odd side is rounded up"),
        (
            COST.format(**GOOD | {"new_side": "", "late_side": "side = math.ceil(side / 2)"}),
            "took that of its input",
        ),
        (COST.format(**GOOD | {"dense": ""}), "The dense layer at the end is missing"),
        (
            COST.format(**GOOD | {"bias": "0", "dense": GOOD["dense"].replace(" + 1", "")}),
            "Biases are parameters too",
        ),
        (COST.format(**GOOD | {"squared": ""}), "kernel * kernel places"),
        (COST.format(**GOOD | {"new_side": "side = round(side / 2)"}), "to the nearest *even* number"),
    ],
    "checkpoint": [
        (changed(SNAPSHOT, "w.copy()", "w"), "holds the run's own arrays"),
        (
            changed(SNAPSHOT, '[saved["velocities/0"], saved["velocities/1"]]', "[0 * w for w in weights]"),
            "start again from 0",
        ),
        (changed(SNAPSHOT, "v.copy()", "v"), "velocities that come back are not those"),
        (changed(SNAPSHOT, '"step": int(saved["step"])', '"step": 0'), "the step counts from another number"),
        (changed(SNAPSHOT, '"seed": int(saved["seed"])', '"seed": 0'), "right but the seed"),
        (
            "def snapshot(run):\n"
            '    return {"seed": run["seed"], "step": run["step"]}\n\n\n'
            "def restore(saved):\n"
            '    run = start(int(saved["seed"]))\n'
            '    advance(run, int(saved["step"]))\n'
            "    return run\n",
            "trained anew from its seed",
        ),
        (changed(SNAPSHOT, "w.copy()", 'w.astype("float32")'), "not those at the time of the snapshot"),
        (changed(SNAPSHOT, "v.copy()", 'v.astype("float32")'), "velocities that come back are not those"),
    ],
    "expected_length": [
        (
            "def expected_length(coefficients, latent_size):\n"
            "    return sum(abs(c) for c in coefficients) * math.sqrt(latent_size)\n",
            "Lengths add up only for vectors",
        ),
        (
            "def expected_length(coefficients, latent_size):\n"
            "    return latent_size * sum(c * c for c in coefficients)\n",
            "this is the squared length",
        ),
        (
            "def expected_length(coefficients, latent_size):\n"
            "    return abs(sum(coefficients)) * math.sqrt(latent_size)\n",
            "gave 30: the right answer is another one. Hint: The coefficients were added up with their signs",
        ),
        (
            "def expected_length(coefficients, latent_size):\n"
            "    return math.sqrt(latent_size * sum(abs(c) for c in coefficients))\n",
            "Each coefficient is squared inside the root",
        ),
        (
            "def expected_length(coefficients, latent_size):\n    return float(np.linalg.norm(coefficients))\n",
            "own length is missing",
        ),
    ],
    "walk": [
        (
            changed(RIGHT["walk"], "np.deg2rad(degrees)", "degrees"),
            "Sine and cosine take radians",
        ),
        (
            "def walk(a, b, degrees):\n"
            "    r = math.radians(degrees)\n"
            "    return math.cos(r) * a + math.sin(r) * b * np.linalg.norm(a) / np.linalg.norm(b)\n",
            "b still has a part along a",
        ),
        (
            "def walk(a, b, degrees):\n"
            "    r = math.radians(degrees)\n"
            "    return math.cos(r) * a + math.sin(r) * (b - (a @ b) / (a @ a) * a)\n",
            "should be as long as a",
        ),
        (
            "def walk(a, b, degrees):\n"
            "    r, a = math.radians(degrees), a / np.linalg.norm(a)\n"
            "    c = b - (a @ b) * a\n"
            "    return math.cos(r) * a + math.sin(r) * c / np.linalg.norm(c)\n",
            "This has length 1",
        ),
        (
            changed(RIGHT["walk"], "np.deg2rad(degrees)", "min(np.deg2rad(degrees), whole)"),
            "It stops at b",
        ),
        (
            "def walk(a, b, degrees):\n"
            "    r, size, a = math.radians(degrees), np.linalg.norm(b), a / np.linalg.norm(a)\n"
            "    c = b - (a @ b) * a\n"
            "    return size * (math.cos(r) * a + math.sin(r) * c / np.linalg.norm(c))\n",
            "the walk keeps that of a",
        ),
    ],
    "truncated_length": [
        (
            "def truncated_length(t, d):\n"
            "    phi = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)\n"
            "    return math.sqrt(d * (math.erf(t / math.sqrt(2)) - 2 * t * phi))\n",
            "must be divided by P",
        ),
        (
            "def truncated_length(t, d):\n"
            "    phi = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)\n"
            "    return math.sqrt(d * (1 - t * phi / math.erf(t / math.sqrt(2))))\n",
            "Both ends of the integral count",
        ),
        (
            "def truncated_length(t, d):\n"
            "    phi, p = math.exp(-t * t / 2) / math.sqrt(2 * math.pi), math.erf(t / math.sqrt(2))\n"
            "    return math.sqrt(d * (p - 2 * t * phi + t * t * (1 - p)))\n",
            "not set to the threshold",
        ),
        (changed(RIGHT["truncated_length"], "math.sqrt(latent_size", "(latent_size"), "a root is missing"),
        (
            changed(
                RIGHT["truncated_length"], "(np.arange(200_000) + 0.5) / 200_000", "np.arange(1000) / 1000"
            ),
            "wanted is the closed form",
        ),
    ],
    "make_generator": [
        (changed(RIGHT["make_generator"], ', activation="tanh"', ""), "outside [-1, 1]"),
        (
            changed(RIGHT["make_generator"], "7 * 7 * 12", "8 * 8 * 12").replace("(7, 7, 12)", "(8, 8, 12)"),
            "but gave (6, 32, 32, 1)",
        ),
        (changed(RIGHT["make_generator"], "(20, 4", "(600, 4"), "60,000 are allowed"),
        (changed(RIGHT["make_generator"], "Input((latent_size,)), ", ""), "Begin it with keras.Input"),
        (changed(RIGHT["make_generator"], '"tanh"', '"sigmoid"'), "No pixel is ever below 0"),
        (changed(RIGHT["make_generator"], "Input((latent_size,))", "Input((64,))"), "should take (None, 20)"),
    ],
}
