"""Independent right answers and the usual wrong ones for lesson 4."""

ALGORITHM_1 = """
def algorithm_1(
    generator, discriminator, generator_optimizer, discriminator_optimizer, real, noise
):
    for images, latents in zip({batches}, noise, strict=False):
        fake = generator(latents, training={training})
        with tf.GradientTape() as tape:
            real_logits = discriminator(images, training={training})
            fake_logits = discriminator(fake, training={training})
            loss_d = {discriminator_loss}
        weights = discriminator.trainable_variables
        discriminator_optimizer.apply(tape.gradient(loss_d, weights), weights)
    with tf.GradientTape() as tape:
        fake = generator(noise[-1], training={training})
        logits = discriminator(fake, training={training})
        loss_g = {generator_loss}
    weights = {weights}
    generator_optimizer.apply(tape.gradient(loss_g, weights), weights)
    return loss_d, loss_g
"""
USUAL = {
    "batches": "real",
    "training": "True",
    "discriminator_loss": "ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))",
    "generator_loss": "ops.mean(ops.softplus(-logits))",
    "weights": "generator.trainable_variables",
}


def algorithm_1(**changes: str) -> str:
    return ALGORITHM_1.format(**{**USUAL, **changes})


GENERATOR_STEP = """
def generator_step_by_hand(A, c, w, b, z, rate):
    images = np.tanh(z @ A.T + c)
    verdicts = 1 / (1 + np.exp(-(images @ w + b)))
    push = {push}
    push = push[:, None] * w * {slope}
    return A {sign} rate * push.T @ z, c {sign} rate * push.sum(axis=0)
"""


def generator_step(push="(verdicts - 1) / len(z)", slope="(1 - images**2)", sign="-") -> str:
    return GENERATOR_STEP.format(push=push, slope=slope, sign=sign)


PREPARE = """
def prepare(pixels, labels, classes):
    keep = {whole} & (labels >= 0) & (labels {below} classes)
    images = {scaled}
    return images{axis}.astype("float32"), labels[keep]
"""


def prepare(
    whole="np.isfinite(pixels).all(axis=(1, 2))",
    below="<",
    scaled="pixels[keep] / 127.5 - 1",
    axis="[..., None]",
) -> str:
    return PREPARE.format(whole=whole, below=below, scaled=scaled, axis=axis)


TARGETS = """
def discriminator_loss(real_logits, fake_logits):
    {discriminator}


def generator_loss(fake_logits, importance):
    {generator}
"""
RIGHT_DISCRIMINATOR = "return ops.mean(ops.softplus(ops.concatenate([-real_logits, fake_logits])))"
RIGHT_GENERATOR = "return ops.sum(importance * ops.softplus(-fake_logits)) / ops.sum(importance)"


def targets(discriminator: str = RIGHT_DISCRIMINATOR, generator: str = RIGHT_GENERATOR) -> str:
    return TARGETS.format(discriminator=discriminator, generator=generator)


TURN = """
def generator_turn(generator, discriminator, noise, learning_rate):
    combined = keras.Sequential([generator, discriminator])
    {before}
    combined.compile(optimizer=keras.optimizers.SGD(learning_rate), loss=binary)
    combined.train_on_batch(noise, {targets}((len(noise), 1)))
    {after}
"""


def turn(before="pass", after="pass", targets="np.ones") -> str:
    return TURN.format(before=before, after=after, targets=targets)


THAWED = "discriminator.trainable = False", "discriminator.trainable = True"

TAPE_TURN = """
def generator_turn(generator, discriminator, noise, learning_rate):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(noise))
        loss = LOSS
    weights = generator.trainable_variables
    for weight, slope in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign_sub(learning_rate * slope)
"""


def generator_turn(loss: str) -> str:
    return TAPE_TURN.replace("LOSS", loss)


PAIR = """
def make_networks(latent_size):
    generator = keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense({hidden}, activation="gelu"),
            layers.Dense(784, activation={activation}),
            layers.Reshape({shape}),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="gelu"),
            layers.Dense(1, activation={end}),
        ]
    )
    return generator, discriminator
"""


def pair(hidden=32, activation='"tanh"', shape="(28, 28, 1)", end="None") -> str:
    return PAIR.format(hidden=hidden, activation=activation, shape=shape, end=end)


RIGHT = {
    # one picture after the other
    "prepare": """
def prepare(pixels, labels, classes):
    images, kept = [], []
    for image, label in zip(pixels, labels, strict=True):
        if label in range(classes) and not np.isnan(image.sum()):
            images.append(2 * (image[:, :, None] / 255) - 1)
            kept.append(label)
    return np.array(images, dtype=np.float32), np.array(kept)
""",
    # by doing it: lists of numbered things, repeated and cut up
    "predict_batches": """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    def batch(things):
        cut = [things[at : at + batch_size] for at in range(0, len(things), batch_size)]
        return [each for each in cut if len(each) == batch_size or not drop_remainder]

    things = list(range(images))
    delivered = batch(things * epochs) if order.startswith("repeat") else batch(things) * epochs
    return len(delivered), len(delivered[-1])
""",
    # by TensorFlow's chain rule
    "generator_step_by_hand": """
def generator_step_by_hand(A, c, w, b, z, rate):
    A, c = tf.Variable(A), tf.Variable(c)
    with tf.GradientTape() as tape:
        fakes = tf.tanh(tf.matmul(z, A, transpose_b=True) + c)
        logits = tf.linalg.matvec(fakes, w) + b
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    for variable, slope in zip((A, c), tape.gradient(loss, (A, c)), strict=True):
        variable.assign_sub(rate * slope)
    return A.numpy(), c.numpy()
""",
    # cross-entropies from Keras, one function for both players' steps, and a loop that only autograph understands
    "algorithm_1": """
def algorithm_1(
    generator, discriminator, generator_optimizer, discriminator_optimizer, real, noise
):
    def learn(network, optimizer, loss_of):
        with tf.GradientTape() as tape:
            loss = loss_of()
        optimizer.apply_gradients(
            zip(tape.gradient(loss, network.trainable_weights), network.trainable_weights)
        )
        return loss

    def judged(images, target):
        logits = discriminator(images, training=True)
        return binary(tf.fill(tf.shape(logits), target), logits)

    pictures, latents, loss_d = tf.stack(real), tf.stack(noise), tf.constant(0.0)
    for number in tf.range(len(real)):
        fake = generator(latents[number], training=True)
        loss_d = learn(
            discriminator,
            discriminator_optimizer,
            lambda fake=fake, number=number: judged(pictures[number], 1.0) + judged(fake, 0.0),
        )
    loss_g = learn(
        generator,
        generator_optimizer,
        lambda: judged(generator(noise[len(real)], training=True), 1.0),
    )
    return loss_d, loss_g
""",
    # by a length that a graph knows only with autograph
    "repair_targets": targets(
        generator="return ops.mean(importance * ops.softplus(-fake_logits)) * len(importance) / ops.sum(importance)"
    ),
    # from the logits
    "repair_two_sigmoids": """
def loss_of_last_layer(hidden, kernel):
    real, fake = np.split(hidden @ kernel, 2)
    return np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
""",
    # without a combined model
    "repair_freeze": generator_turn("ops.mean(ops.softplus(-logits))"),
    "small_pair": pair(),
}

WEIGHTLESS = """
class Chain(keras.Model):
    def __init__(self, *parts):
        super().__init__()
        self.parts = list(parts)
        self.built = True

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def make_networks(latent_size):
    drawn = layers.Dense(128, "gelu"), layers.Dense(784, "tanh"), layers.Reshape((28, 28, 1))
    return Chain(*drawn), Chain(layers.Flatten(), layers.Dense(64, "gelu"), layers.Dense(1))
"""
LAZY = (
    pair()
    .replace("            keras.Input((latent_size,)),\n", "")
    .replace("            keras.Input((28, 28, 1)),\n", "")
)

ALSO_RIGHT = {
    # the sigmoid kept, and the loss told so
    "repair_two_sigmoids": [
        """
def loss_of_last_layer(hidden, kernel):
    verdicts = ops.sigmoid(ops.matmul(hidden, kernel))
    count = len(hidden) // 2
    real, fake = verdicts[:count], verdicts[count:]
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=False)
    return cross_entropy(ops.ones_like(real), real) + cross_entropy(ops.zeros_like(fake), fake)
"""
    ],
    # networks that have no weights before their first call
    "small_pair": [LAZY],
}

WRONG = {
    "prepare": [
        (prepare(scaled="pixels[keep] / 255"), "Your values lie in [0, 1]"),
        (prepare(axis=""), "The axis for the channels is missing"),
        (prepare(below="<="), "A label equal to `classes` came through"),
        (prepare(whole="(labels == labels)"), "A picture with a nan came through"),
        (prepare(below="<=", axis=""), "Four faults: which labels are kept"),
        (prepare().replace('.astype("float32")', ""), "of the type float64"),
        (
            prepare().replace("    images =", "    pixels /= 1\n    pixels[~keep] = 0\n    images ="),
            "they were changed in place",
        ),
        (
            prepare(whole="(labels == labels)", scaled="np.nan_to_num(pixels[keep]) / 127.5 - 1"),
            "The nan was replaced by a number",
        ),
        (
            prepare(whole="(labels == labels)", scaled="np.nan_to_num(pixels[keep] / 127.5 - 1)"),
            "The nan was replaced by a number",
        ),
        (prepare(scaled="pixels[keep] / pixels[keep].max() * 2 - 1"), "what happens to be the brightest"),
        (prepare(whole="np.isfinite(pixels[:, 0, 0])"), "Four faults"),
        (
            prepare(whole="(np.ptp(pixels, axis=(1, 2)) > 0)"),
            "An even picture is lost",
        ),  # nan > 0 is False too
        (prepare().replace("labels[keep]", "labels"), "index both with the same array"),
        (prepare(scaled="pixels[keep] / 128 - 1"), "the shape is right, the values are not"),
        (prepare().replace("labels >= 0", "labels > 0"), "The pictures of class 0 are lost"),
    ],
    "predict_batches": [
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    full, rest = divmod(images, batch_size)
    if drop_remainder or rest == 0:
        return epochs * full, batch_size
    return epochs * (full + 1), rest
""",
            "as if every epoch ended with its own last batch",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    full, rest = divmod(images * epochs, batch_size)
    if drop_remainder or rest == 0:
        return full, batch_size
    return full + 1, rest
""",
            "as if it were one long stream",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    if order == "repeat, batch":
        images, epochs = images * epochs, 1
    full, rest = divmod(images, batch_size)
    return epochs * (full + (rest > 0)), rest or batch_size
""",
            "leaves out every batch that is not full",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    if order == "repeat, batch":
        images, epochs = images * epochs, 1
    full, rest = divmod(images, batch_size)
    if drop_remainder:
        return epochs * full, batch_size
    return epochs * (full + (rest > 0)), rest
""",
            "Where nothing remains, the last batch is a full one",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    if order == "batch, repeat":
        images, epochs = images * epochs, 1
    full, rest = divmod(images, batch_size)
    if drop_remainder or rest == 0:
        return epochs * full, batch_size
    return epochs * (full + 1), rest
""",
            "The two orders are exchanged",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    rest = images % batch_size
    if order == "repeat, batch":
        images, epochs = images * epochs, 1
    full = images // batch_size
    if drop_remainder or rest == 0:
        return epochs * full, batch_size
    return epochs * (full + 1), rest
""",
            "what remains of all epochs together",
        ),
        (
            """
def predict_batches(images, batch_size, epochs, order, drop_remainder):
    if order == "repeat, batch":
        images, epochs = images * epochs, 1
    full, rest = divmod(images, batch_size)
    if drop_remainder:
        return epochs * full, batch_size
    return epochs * (full + 1), rest or batch_size
""",
            "there is no batch for it either",
        ),
    ],
    "generator_step_by_hand": [
        (generator_step(slope="1"), "The tanh is missing from the chain"),
        (generator_step(push="verdicts / len(z)"), "makes the fakes look more fake"),
        (generator_step(push="-verdicts / len(z)"), "That is the minimax generator"),
        (generator_step(push="verdicts - 1"), "mean over the n latents"),
        (generator_step(sign="+"), "You went uphill"),
        (
            generator_step().replace(
                "return A - rate * push.T @ z, c - rate * push.sum(axis=0)",
                "A -= rate * push.T @ z\n    c -= rate * push.sum(axis=0)\n    return A, c",
            ),
            "work in place",
        ),
    ],
    "algorithm_1": [
        (algorithm_1(batches="real[:1]"), "has made one step"),
        (algorithm_1(training="False"), "wants training=True"),
        (
            algorithm_1().replace("generator(noise[-1]", "generator(noise[0]"),
            "on noise that D has had",
        ),
        (algorithm_1(generator_loss="ops.mean(ops.softplus(logits))"), "went the wrong way"),
        (algorithm_1(generator_loss="-ops.mean(ops.softplus(logits))"), "is that of the minimax loss"),
        (
            algorithm_1(weights="generator.trainable_variables + discriminator.trainable_variables"),
            "in the generator's turn D stays as it is",
        ),
        (
            algorithm_1(
                discriminator_loss="(ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))) / 2"
            ),
            "ends elsewhere than by hand",
        ),
        (
            algorithm_1().replace("generator(noise[-1], training=True)", "generator(noise[-1])"),
            "wants training=True",
        ),
        (
            algorithm_1()
            .replace("discriminator(images, training=True)", "discriminator(images)")
            .replace("discriminator(fake, training=True)", "discriminator(fake)"),
            "wants training=True",
        ),
        (
            algorithm_1()
            .replace(
                "real_logits = discriminator(images, training=True)",
                "both = discriminator(ops.concatenate([images, fake]), training=True)",
            )
            .replace(
                "fake_logits = discriminator(fake, training=True)",
                "real_logits, fake_logits = ops.split(both, 2)",
            ),
            "went through D in one call",
        ),
        (
            algorithm_1().replace("    return", "    generator(noise[-1], training=True)\n    return"),
            "once each will do",
        ),
        (
            algorithm_1()
            .replace(
                "    with tf.GradientTape() as tape:\n        fake = gen", "    if True:\n        fake = gen"
            )
            .replace("        logits = d", "    with tf.GradientTape() as tape:\n        logits = d"),
            "made inside the tape",
        ),
        (
            algorithm_1().replace("loss_d, loss_g", "loss_d.numpy(), loss_g.numpy()"),
            "inside a tf.function it stops",
        ),
    ],
    "repair_targets": [
        (
            targets(
                discriminator="return ops.mean(ops.softplus(ops.concatenate([real_logits, -fake_logits])))"
            ),
            "it was the arguments' order that was wrong",
        ),
        (
            targets(
                discriminator="return ops.mean(ops.softplus(-real_logits)) + ops.mean(ops.softplus(fake_logits))"
            ),
            "wanted is one mean over all",
        ),
        (
            targets(
                discriminator="""targets = ops.concatenate([ops.ones_like(real_logits), ops.zeros_like(fake_logits)])
    return binary(ops.concatenate([real_logits, fake_logits]), targets)"""
            ),
            "still exchanged",
        ),
        (
            targets(generator="return ops.sum(importance * ops.softplus(fake_logits)) / ops.sum(importance)"),
            "still trained towards fake",
        ),
        (
            targets(
                generator="return -ops.sum(importance * ops.softplus(fake_logits)) / ops.sum(importance)"
            ),
            "This is the minimax loss",
        ),
        (targets(generator="return ops.mean(ops.softplus(-fake_logits))"), "The importances are lost"),
        (
            targets(
                discriminator="return np.logaddexp(0, np.concatenate([-real_logits, fake_logits])).mean()",
            ),
            "inside a tf.function it stops",
        ),
        (
            targets(generator="return (importance * np.logaddexp(0, -fake_logits)).sum() / importance.sum()"),
            "inside a tf.function it stops",
        ),
    ],
    "repair_two_sigmoids": [
        (
            """
def loss_of_last_layer(hidden, kernel):
    verdicts = ops.sigmoid(ops.matmul(hidden, kernel))
    real, fake = ops.split(verdicts, 2)
    return binary(ops.ones_like(real), real) + binary(ops.zeros_like(fake), fake)
""",
            "squashed twice",
        ),
        (
            """
def loss_of_last_layer(hidden, kernel):
    logits = hidden @ kernel
    targets = np.repeat([1.0, 0.0], len(hidden) // 2)[:, None]
    return binary(targets, logits)
""",
            "half of their sum",
        ),
        (
            """
def loss_of_last_layer(hidden, kernel):
    real, fake = np.split(hidden @ kernel, 2)
    return np.logaddexp(0, real).mean() + np.logaddexp(0, -fake).mean()
""",
            "Real and fake are exchanged",
        ),
        (
            """
def loss_of_last_layer(hidden, kernel):
    real, fake = np.split(hidden @ kernel, 2)
    return np.logaddexp(0, -real).sum() + np.logaddexp(0, fake).sum()
""",
            "divide each by its number of pictures",
        ),
        (
            """
def loss_of_last_layer(hidden, kernel):
    logits = hidden @ kernel
    return np.logaddexp(0, -logits[:2]).mean() + np.logaddexp(0, logits[2:]).mean()
""",
            "Two bugs: how two numbers are added",
        ),
    ],
    "repair_freeze": [
        (turn(), "Freeze it before the call"),
        (turn(before="discriminator.trainable = False"), "thaw it after the call"),
        (turn(before="combined.trainable = False"), "freeze the discriminator only"),
        (
            turn(
                before="discriminator.trainable = False",
                after="discriminator.trainable = True",
                targets="np.zeros",
            ),
            "its target is 1",
        ),
        (turn(*THAWED).replace("SGD(learning_rate)", "Adam(0.5)"), "elsewhere than by hand"),
        (
            turn(*THAWED).replace(
                "    combined.train_on", "    for _ in range(10):\n        combined.train_on"
            ),
            "elsewhere than by hand",
        ),
        (turn(*THAWED), "it should be as trainable as it was"),
        (generator_turn("-ops.mean(ops.softplus(logits))"), "elsewhere than by hand"),
        (generator_turn("ops.sum(ops.softplus(-logits))"), "elsewhere than by hand"),
    ],
    "small_pair": [
        (pair(hidden=128), "at most 40,000 are allowed"),
        (LAZY.replace("layers.Dense(32", "layers.Dense(128"), "at most 40,000 are allowed"),
        (WEIGHTLESS, "at most 40,000 are allowed"),
        (pair(shape="(784,)"), "expected (16, 28, 28, 1)"),
        (pair(activation='"sigmoid"'), "never draws below 0"),
        (pair(activation="None"), "stay within [-1, 1]"),
        (pair(end='"sigmoid"'), "end it without activation"),
        (
            pair().replace("return generator, discriminator", "return discriminator, generator"),
            "the wrong way round",
        ),
        (pair().replace("keras.Input((latent_size,))", "keras.Input((32,))"), "it should take (None, 20)"),
        (pair().replace("return generator, discriminator", "return generator"), "Return the pair"),
    ],
}
