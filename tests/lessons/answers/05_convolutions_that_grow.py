"""Independent right answers and the usual wrong ones for lesson 5."""


def changed(source: str, old: str, new: str) -> str:
    assert old in source, old
    return source.replace(old, new)


RING = """
def ring_matrix(kernel, n, stride):
    ring = n * stride
    matrix = np.zeros((ring, n))
    for i in range(n):
        for j, weight in enumerate(kernel):
            place = stride * i + j
            place = place % ring
            matrix[place, i] += weight
    return matrix
"""

RIGHT = {
    # try every place, lay every stamp
    "final_side": """
def final_side(side, layers):
    for kind, kernel, stride, padding in layers:
        if kind == "down":
            cells = set(range(side))
            if padding == "same":
                side = len(range(0, side, stride))
            else:
                side = sum(1 for start in range(0, side, stride) if set(range(start, start + kernel)) <= cells)
        else:
            stamped = {i * stride + j for i in range(side) for j in range(kernel)}
            side = side * stride if padding == "same" else max(stamped) + 1
    return side
""",
    # fold the kernel round the ring first; every column is the first one, rolled
    "ring_matrix": """
def ring_matrix(kernel, n, stride):
    ring = n * stride
    column = np.bincount(np.arange(len(kernel)) % ring, weights=kernel, minlength=ring)
    return np.stack([np.roll(column, stride * i) for i in range(n)], axis=1)
""",
    # lay stamps of ones over each other and look in the middle
    "predict_energies": """
def predict_energies(kernel, stride, channels, level, deviation):
    counts = []
    for k, s in zip(kernel, stride):
        line = np.zeros(s * 40 + k)
        for i in range(40):
            line[s * i : s * i + k] += 1
        counts.append(line[20 * s : 21 * s])
    return (level * deviation) ** 2 * channels * counts[0][:, None] * counts[1][None, :]
""",
    # the orthogonal projection onto the kernels whose phases' sums are equal
    "level_kernel": """
def level_kernel(kernel, stride):
    place = np.arange(len(kernel))
    conditions = np.array([1.0 * (place % stride == r) - (place % stride == 0) for r in range(1, stride)])
    return kernel - np.linalg.pinv(conditions) @ (conditions @ kernel)
""",
    # all the places, layer by layer
    "seen_pixels": """
def seen_pixels(index, layers):
    places = {index}
    for kernel, stride, left in layers[::-1]:
        places = {stride * i - left + j for i in places for j in range(kernel)}
    return min(places), max(places)
""",
    # flat, and the variance as mean square minus squared mean
    "batch_norm": """
def batch_norm(a, running, training, momentum, epsilon):
    flat = a.reshape(-1, a.shape[-1])
    used = running
    if training:
        mean = flat.sum(axis=0) / len(flat)
        used = mean, (flat**2).sum(axis=0) / len(flat) - mean**2
        running = tuple(old + (1 - momentum) * (new - old) for old, new in zip(running, used))
    return ((flat - used[0]) * (used[1] + epsilon) ** -0.5).reshape(a.shape), running
""",
    "make_generator": """
def make_generator(latent_size):
    from keras import Input, Sequential, layers

    model = Sequential([Input((latent_size,)), layers.Dense(12 * 12 * 16, activation="relu")])
    model.add(layers.Reshape((12, 12, 16)))
    model.add(layers.Conv2DTranspose(24, 5, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2DTranspose(3, 5, strides=2, padding="same", activation="tanh"))
    return model
""",
}

WRONG = {
    "final_side": [
        (changed(RIGHT["final_side"], "len(range(0, side, stride))", "side // stride"), "rounds up"),
        (
            """
def final_side(side, layers):
    for kind, kernel, stride, padding in layers:
        if kind == "up":
            side = side * stride if padding == "same" else (side - 1) * stride + kernel
        else:
            side = -(-side // stride) if padding == "same" else (side - kernel) // stride
    return side
""",
            "Count place 0 too",
        ),
        (
            """
def final_side(side, layers):
    for kind, kernel, stride, padding in layers:
        if kind == "up":
            side = side * stride if padding == "same" else (side - 1) * stride + kernel
        else:
            side = -(-side // stride)
    return side
""",
            "the kernel's length counts",
        ),
        (
            changed(
                RIGHT["final_side"],
                'side * stride if padding == "same" else max(stamped) + 1',
                "side * stride",
            ),
            "keeps the whole last stamp",
        ),
        (
            changed(
                RIGHT["final_side"],
                'side * stride if padding == "same" else max(stamped) + 1',
                "max(stamped) + 1",
            ),
            "cuts off what is more",
        ),
        (
            changed(RIGHT["final_side"], "else max(stamped) + 1", "else side * stride + kernel"),
            "The last stamp begins at",
        ),
        (
            changed(
                RIGHT["final_side"],
                "len(range(0, side, stride))",
                "(side + 2 * ((kernel - 1) // 2) - kernel) // stride + 1",
            ),
            "which is too few for an even kernel",
        ),
    ],
    "ring_matrix": [
        (
            """
def ring_matrix(kernel, n, stride):
    matrix = np.zeros((n * stride, n))
    for i in range(n):
        for j, weight in enumerate(kernel):
            if stride * i + j < n * stride:
                matrix[stride * i + j, i] = weight
    return matrix
""",
            "comes in on the left",
        ),
        (
            """
def ring_matrix(kernel, n, stride):
    matrix = np.zeros((n * stride, n))
    for i in range(n):
        for j, weight in enumerate(kernel):
            matrix[(stride * i + j) % (n * stride), i] = weight
    return matrix
""",
            "until the kernel meets itself",
        ),
        (
            changed(RIGHT["ring_matrix"], "weights=kernel,", "weights=kernel[::-1],"),
            "The kernel is turned round",
        ),
        (changed(RIGHT["ring_matrix"], "axis=1)", "axis=0)"), "This is the convolution's matrix"),
        (changed(RIGHT["ring_matrix"], "stride * i)", "i)"), "after the one before it"),
        (RING.replace("n))", "n), int)"), "fractions are cut off"),
        (RING.replace("return matrix", "return matrix.astype(int)"), "Fractions are lost at the end"),
        (
            """
def ring_matrix(kernel, n, stride):
    matrix = np.zeros((n * stride, n), dtype=int)
    for i in range(n):
        for j in range(len(kernel)):
            matrix[(stride * i + j) % (n * stride), i : i + 1] += kernel[j : j + 1]
    return matrix
""",
            "without a dtype",
        ),
        (RING.replace("place % ring", "place - ring * (place >= ring)"), "counted round the ring"),
        (RING.replace("stride * i", "2 * i"), "Column i holds the stamp"),
    ],
    "predict_energies": [
        (
            changed(RIGHT["predict_energies"], "(level * deviation) ** 2", "(level ** 2 * deviation)"),
            "it has to be squared",
        ),
        (
            changed(RIGHT["predict_energies"], "(level * deviation) ** 2", "(level * deviation ** 2)"),
            "The level is squared too",
        ),
        (
            """
def predict_energies(kernel, stride, channels, level, deviation):
    counts = [np.array([len(range(r, k, s)) for r in range(s)]) for k, s in zip(kernel, stride)]
    return (channels * level * deviation * np.outer(*counts)) ** 2
""",
            "squares add up, not sums",
        ),
        (
            """
def predict_energies(kernel, stride, channels, level, deviation):
    number = kernel[0] / stride[0] * kernel[1] / stride[1]
    return np.full(stride, channels * level**2 * deviation**2 * number)
""",
            "This is the average over the phases",
        ),
        (
            changed(RIGHT["predict_energies"], "** 2 * channels", "** 2"),
            "Each channel adds terms",
        ),
        (
            changed(RIGHT["predict_energies"], "line[20 * s : 21 * s]", "line[20 * s : 21 * s][::-1]"),
            "Rows and columns are exchanged",
        ),
        (
            """
def predict_energies(kernel, stride, channels, level, deviation):
    counts = [np.maximum([len(range(r, k, s)) for r in range(s)], 1) for k, s in zip(kernel, stride)]
    return channels * level**2 * deviation**2 * np.outer(*counts)
""",
            "the last rows get no stamp",
        ),
    ],
    "level_kernel": [
        (
            """
def level_kernel(kernel, stride):
    out = kernel.copy()
    target = kernel.sum() / stride
    for r in range(stride):
        out[r::stride] += (target - kernel[r::stride].sum()) / len(kernel[r::stride])
    return out
""",
            "there is a nearer kernel",
        ),
        (
            """
def level_kernel(kernel, stride):
    out = kernel.copy()
    target = kernel.sum() / stride
    for r in range(stride):
        out[r::stride] *= target / kernel[r::stride].sum()
    return out
""",
            "Multiplied: that changes",
        ),
        (
            """
def level_kernel(kernel, stride):
    parts = np.array_split(kernel, stride)
    sums, counts = np.array([p.sum() for p in parts]), np.array([len(p) for p in parts])
    target = np.sum(sums / counts) / np.sum(1 / counts)
    return np.concatenate([p + (target - s) / c for p, s, c in zip(parts, sums, counts)])
""",
            "blocks of neighbours",
        ),
        (
            """
def level_kernel(kernel, stride):
    out = kernel.copy()
    means = [kernel[r::stride].mean() for r in range(stride)]
    for r in range(stride):
        out[r::stride] += np.mean(means) - means[r]
    return out
""",
            "the phases' means are equal",
        ),
        (
            """
def level_kernel(kernel, stride):
    out = kernel.copy()
    for r in range(stride):
        out[r::stride] -= kernel[r::stride].mean()
    return out
""",
            "All sums are zero now",
        ),
        (
            """
def level_kernel(kernel, stride):
    sums = np.array([kernel[r::stride].sum() for r in range(stride)])
    counts = np.array([len(kernel[r::stride]) for r in range(stride)])
    target = np.sum(sums / counts) / np.sum(1 / counts)
    return kernel + (target - sums)[np.arange(len(kernel)) % stride]
""",
            "with N numbers, each takes 1/N",
        ),
        (
            """
def level_kernel(kernel, stride):
    parts = [kernel[r::stride] for r in range(stride)]
    target = sum(each.mean() for each in parts) / sum(1 / len(each) for each in parts)
    for each in parts:
        each += (target - each.sum()) / len(each)
    return kernel
""",
            "work on a copy",
        ),
    ],
    "seen_pixels": [
        (changed(RIGHT["seen_pixels"], "layers[::-1]", "layers"), "the list is in the other order"),
        (
            changed(RIGHT["seen_pixels"], "range(kernel)", "range(kernel + 1)"),
            "covers the places 0 to k - 1",
        ),
        (changed(RIGHT["seen_pixels"], " - left", ""), "subtract them in each layer"),
        (
            changed(RIGHT["seen_pixels"], "min(places),", "max(0, min(places)),"),
            "may begin in the zeros",
        ),
        (
            changed(RIGHT["seen_pixels"], "max(places)", "min(places) + max(places) - min(places) + 1"),
            "start + size - 1",
        ),
    ],
    "batch_norm": [
        (
            """
def batch_norm(a, running, training, momentum, epsilon):
    mean, variance = running
    if training:
        mean, variance = (each(a, axis=(0, 1, 2), keepdims=True) for each in (np.mean, np.var))
        running = tuple(momentum * old + (1 - momentum) * new for old, new in zip(running, (mean, variance)))
    return (a - mean) / np.sqrt(variance + epsilon), running
""",
            "what keepdims=True leaves",
        ),
        (
            """
def batch_norm(a, running, training, momentum, epsilon):
    mean, variance = running
    if training:
        mean, variance = a.mean(axis=0), a.var(axis=0)
        running = tuple(momentum * old + (1 - momentum) * new for old, new in zip(running, (mean, variance)))
    return (a - mean) / np.sqrt(variance + epsilon), running
""",
            "one mean for each place in the picture",
        ),
        (
            changed(RIGHT["batch_norm"], "(used[1] + epsilon) ** -0.5", "(used[1] ** 0.5 + epsilon) ** -1"),
            "it stands under the root",
        ),
        (
            changed(RIGHT["batch_norm"], "(1 - momentum) * (new", "momentum * (new"),
            "the share of the old value that stays",
        ),
        (
            """
def batch_norm(a, running, training, momentum, epsilon):
    mean, variance = a.mean(axis=(0, 1, 2)), a.var(axis=(0, 1, 2))
    if training:
        running = tuple(momentum * old + (1 - momentum) * new for old, new in zip(running, (mean, variance)))
    return (a - mean) / np.sqrt(variance + epsilon), running
""",
            "take the place of the batch's own",
        ),
        (
            """
def batch_norm(a, running, training, momentum, epsilon):
    mean, variance = a.mean(axis=(0, 1, 2)), a.var(axis=(0, 1, 2))
    used = (mean, variance) if training else running
    running = tuple(momentum * old + (1 - momentum) * new for old, new in zip(running, (mean, variance)))
    return (a - used[0]) / np.sqrt(used[1] + epsilon), running
""",
            "nothing is to be learnt there",
        ),
        (
            """
def batch_norm(a, running, training, momentum, epsilon):
    mean, variance = running
    if training:
        mean, variance = a.mean(axis=(0, 1, 2)), a.var(axis=(0, 1, 2))
        for old, new in zip(running, (mean, variance)):
            old *= momentum
            old += (1 - momentum) * new
    return (a - mean) / np.sqrt(variance + epsilon), running
""",
            "work in place",
        ),
    ],
    "make_generator": [
        (
            changed(
                RIGHT["make_generator"],
                '(3, 5, strides=2, padding="same", activation="tanh")',
                '(3, 5, strides=2, padding="same")',
            ),
            "outside [-1, 1]",
        ),
        (
            changed(RIGHT["make_generator"], "12 * 12 * 16", "10 * 10 * 16").replace(
                "(12, 12, 16)", "(10, 10, 16)"
            ),
            "but gave (16, 40, 40, 3)",
        ),
        (changed(RIGHT["make_generator"], "(24, 5", "(1200, 5"), "500,000 are allowed"),
        (changed(RIGHT["make_generator"], '"tanh"', '"sigmoid"'), "No pixel is ever below 0"),
        (changed(RIGHT["make_generator"], "Input((latent_size,))", "Input((64,))"), "should take (None, 20)"),
    ],
}
