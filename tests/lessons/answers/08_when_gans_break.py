"""Independent right answers and the usual wrong ones for lesson 8."""

RIGHT = {
    # a fine search of the interval, then a finer one around the best place
    "predict_floor": """
def predict_floor(low, high, real_target, fake_target):
    def cheapest(target):
        left, right = low, high
        for _ in range(6):
            places = np.linspace(left, right, 1001)
            costs = np.log(1 + np.exp(places)) - target * places
            best = int(np.argmin(costs))
            left, right = places[max(best - 1, 0)], places[min(best + 1, 1000)]
        return costs.min()

    return cheapest(real_target) + cheapest(fake_target)
""",
    # fake by fake, with the softmax of (l, 0) in place of the sigmoid
    "generator_gradients": """
def generator_gradients(z, A, c, w, b, loss):
    of_A, of_c = np.zeros(A.shape), np.zeros(c.shape)
    for latent in z:
        logit = float(w @ (A @ latent + c) + b)
        real, fake = np.exp([logit, 0.0]) / np.sum(np.exp([logit, 0.0]))
        push = -real if loss == "minimax" else -fake
        of_c += push * w / len(z)
        of_A += push * w[:, None] * latent[None, :] / len(z)
    return of_A, of_c
""",
    # unit by unit: the largest output over all latents
    "dead_units": """
def dead_units(latents, kernels, biases):
    shares, rows = [], [list(latent) for latent in latents]
    for kernel, bias in zip(kernels, biases):
        after = [[max(0.0, float(np.dot(row, kernel[:, u]) + bias[u])) for u in range(len(bias))] for row in rows]
        dead = sum(max(row[u] for row in after) == 0 for u in range(len(bias)))
        shares.append(dead / len(bias))
        rows = after
    return shares
""",
    # one sample at a time; the entropy as log n - (1/n) sum of count log count
    "quality_and_modes": """
def quality_and_modes(samples, centres, radius):
    counts = {}
    for sample in samples:
        squares = [float(np.sum((sample - centre) ** 2)) for centre in centres]
        nearest = squares.index(min(squares))
        if squares[nearest] <= radius**2:
            counts[nearest] = counts.get(nearest, 0) + 1
    total = sum(counts.values())
    if total == 0:
        return 0.0, 0.0
    entropy = np.log(total) - sum(count * np.log(count) for count in counts.values()) / total
    return total / len(samples), float(np.exp(entropy))
""",
    # the step at which each name breaks, then the smallest
    "post_mortem": """
def post_mortem(log):
    first = []
    for place, (name, values) in enumerate(log.items()):
        flat = np.asarray(values).reshape(len(values), -1)
        bad = np.flatnonzero((~np.isfinite(flat)).any(axis=1))
        if len(bad):
            first.append((int(bad[0]), place, name))
    return (min(first)[0], min(first)[2]) if first else (-1, "")
""",
    # the passes one by one
    "after_passes": """
def after_passes(mean, variance, momentum, passes, epsilon):
    gap, running_variance = np.array(mean, float), np.ones(len(variance))
    for _ in range(passes):
        gap = gap * momentum
        running_variance = running_variance + (1 - momentum) * (variance - running_variance)
    return gap / (running_variance + epsilon) ** 0.5, (variance / (running_variance + epsilon)) ** 0.5
""",
    # a table of rules, the first that fits
    "cure_collapse": """
def cure_collapse():
    return dict(generator_rate=0.005, beta_1=0.5)
""",
    "diagnose": """
def diagnose(signs):
    rules = [
        ("NaN: too large a step", signs["broken"] and signs["last_gradient"] > 60),
        ("NaN: logarithm of 0", signs["broken"]),
        ("frozen D", signs["moved_d"] < 1e-12),
        ("swapped labels", signs["real_score"] < 0.1 and signs["fake_score"] > 0.9),
        ("G aims at fake", signs["real_score"] > 0.9 and signs["audit_g"] < -3),
        ("sigmoid twice", abs(signs["audit_d"]) > 0.25 or abs(signs["audit_g"]) > 0.5),
        ("vanishing gradient", signs["push"] < 0.02),
        ("overpowering D", signs["moved_g"] < 0.005),
        ("dead G", signs["silent"] > 0.8),
        ("mode collapse", signs["spread"] < 0.7),
    ]
    return next((name for name, fits in rules if fits), "healthy")
""",
}

WRONG = {
    "predict_floor": [
        (
            """
def predict_floor(low, high, real_target, fake_target):
    floor = 0.0
    for t in (real_target, fake_target):
        floor -= sum(p * np.log(p) for p in (t, 1 - t) if p > 0)
    return floor
""",
            "This is the floor without the interval",
        ),
        (
            """
def predict_floor(low, high, real_target, fake_target):
    return sum(np.logaddexp(0, high) - t * high for t in (real_target, fake_target))
""",
            "you put both at the high end",
        ),
        (
            """
def predict_floor(low, high, real_target, fake_target):
    real = np.logaddexp(0, high) - real_target * high
    return real + np.logaddexp(0, low) - fake_target * low
""",
            "Right where the targets are 1 and 0",
        ),
        (
            """
def predict_floor(low, high, real_target, fake_target):
    floor = 0.0
    for t in (real_target, fake_target):
        with np.errstate(divide="ignore"):
            best = np.clip(np.log(t / (1 - t)) if t < 1 else np.inf, low, high)
        floor += (np.logaddexp(0, best) - t * best) / 2
    return floor
""",
            "This is the mean of both",
        ),
        (
            """
def predict_floor(low, high, real_target, fake_target):
    with np.errstate(divide="ignore"):
        best = np.clip(np.log(real_target) - np.log1p(-real_target), low, high)
    real = np.logaddexp(0, best) - real_target * best
    return real + np.logaddexp(0, low) - fake_target * low
""",
            "Fakes may have a target above 0",
        ),
        (
            """
def predict_floor(low, high, real_target, fake_target):
    with np.errstate(divide="ignore"):
        real = np.minimum(np.log(real_target) - np.log1p(-real_target), high)
        fake = np.maximum(np.log(fake_target) - np.log1p(-fake_target), low)
    return np.logaddexp(0, real) - real_target * real + np.logaddexp(0, fake) - fake_target * fake
""",
            "moved into [low, high]",
        ),
    ],
    "generator_gradients": [
        (
            """
def generator_gradients(z, A, c, w, b, loss):
    d = 1 / (1 + np.exp(-((z @ A.T + c) @ w + b)))
    push = (d if loss == "minimax" else 1 - d) / len(z)
    return np.outer(w, push @ z), push.sum() * w
""",
            "The sign is turned round",
        ),
        (
            """
def generator_gradients(z, A, c, w, b, loss):
    d = 1 / (1 + np.exp(-((z @ A.T + c) @ w + b)))
    push = -(d if loss == "minimax" else 1 - d)
    return np.outer(w, push @ z), push.sum() * w
""",
            "gradients of the sum over the fakes",
        ),
        (
            """
def generator_gradients(z, A, c, w, b, loss):
    d = 1 / (1 + np.exp(-((z @ A.T + c) @ w + b)))
    push = -(1 - d if loss == "minimax" else d) / len(z)
    return np.outer(w, push @ z), push.sum() * w
""",
            "The two losses are exchanged",
        ),
    ],
    "dead_units": [
        (
            """
def dead_units(latents, kernels, biases):
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = np.maximum(signal @ kernel + bias, 0)
        shares.append(float(np.mean(signal <= 0)))
    return shares
""",
            "But this is the share of zeros",
        ),
        (
            """
def dead_units(latents, kernels, biases):
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = signal @ kernel + bias
        shares.append(float(np.mean(np.all(signal <= 0, axis=0))))
    return shares
""",
            "without negative numbers",
        ),
        (
            """
def dead_units(latents, kernels, biases):
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = np.maximum(signal @ kernel + bias, 0)
        shares.append(float(np.mean(np.all(signal <= 0, axis=1))))
    return shares
""",
            "You look for latents for which all units are 0",
        ),
        (
            """
def dead_units(latents, kernels, biases):
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = signal @ kernel + bias
        shares.append(float(np.mean(signal <= 0)))
    return shares
""",
            "Both faults are still there",
        ),
        (
            """
def dead_units(latents, kernels, biases):
    shares, signal = [], latents
    for kernel, bias in zip(kernels, biases, strict=True):
        signal = np.maximum(signal @ kernel + bias, 0)
        shares.append(float(np.mean(signal.std(axis=0) == 0)))
    return shares
""",
            "dead is one whose number is always 0",
        ),
    ],
    "quality_and_modes": [
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    return float(on_mode.mean()), float(len(set(distances.argmin(axis=1)[on_mode])))
""",
            "number of modes that have any sample",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    p = np.bincount(distances.argmin(axis=1)[on_mode]) / on_mode.sum()
    return float(on_mode.mean()), float(-np.sum(p[p > 0] * np.log(p[p > 0])))
""",
            "This is the entropy H itself",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    p = np.bincount(distances.argmin(axis=1)[on_mode]) / len(samples)
    return float(on_mode.mean()), float(np.exp(-np.sum(p[p > 0] * np.log(p[p > 0]))))
""",
            "The shares p_k should sum to 1",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    p = np.bincount(distances.argmin(axis=1)) / len(samples)
    return float(on_mode.mean()), float(np.exp(-np.sum(p[p > 0] * np.log(p[p > 0]))))
""",
            "must not count in the shares",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode], minlength=len(centres))
    p = counts / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(p * np.log(p))))
""",
            "0 times that is nan",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None] - centres, axis=2)
    on_mode = distances.min(axis=1) < radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode], minlength=len(centres))
    p = counts[counts > 0] / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(p * np.log(p))))
""",
            "at the radius exactly, too",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.abs(samples[:, None] - centres).sum(axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode], minlength=len(centres))
    p = counts[counts > 0] / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(p * np.log(p))))
""",
            "Distances (n, k)",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.abs(samples[:, None] - centres).max(axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode], minlength=len(centres))
    p = counts[counts > 0] / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(p * np.log(p))))
""",
            "Distances (n, k)",
        ),
        (
            """
def quality_and_modes(samples, centres, radius):
    distances = np.linalg.norm(samples[:, None, :2] - centres[:, :2], axis=2)
    on_mode = distances.min(axis=1) <= radius
    if not on_mode.any():
        return 0.0, 0.0
    counts = np.bincount(distances.argmin(axis=1)[on_mode], minlength=len(centres))
    p = counts[counts > 0] / on_mode.sum()
    return float(on_mode.mean()), float(np.exp(-np.sum(p * np.log(p))))
""",
            "Distances (n, k)",
        ),
    ],
    "post_mortem": [
        (
            """
def post_mortem(log):
    for name, values in log.items():
        for step in range(len(values)):
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "That is the first name that ever breaks",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in log.items():
            if np.any(np.isnan(values[step])):
                return step, name
    return -1, ""
""",
            "Infinity is not finite either",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in log.items():
            if not np.any(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "One bad number among many is enough",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in log.items():
            if np.any(np.isinf(values[step])):
                return step, name
    return -1, ""
""",
            "not np.isinf",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in sorted(log.items()):
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "the dictionary's order is the first",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in reversed(log.items()):
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "the dictionary's order is the first",
        ),
        (
            """
def post_mortem(log):
    for step in range(1, len(next(iter(log.values())))):
        for name, values in log.items():
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "in it a loop over the names",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values()))) - 1):
        for name, values in log.items():
            if not np.all(np.isfinite(values[step])):
                return step, name
    return -1, ""
""",
            "in it a loop over the names",
        ),
        (
            """
def post_mortem(log):
    for step in range(len(next(iter(log.values())))):
        for name, values in log.items():
            if np.any(np.isnan(values[step]) | (values[step] == np.inf)):
                return step, name
    return -1, ""
""",
            "in it a loop over the names",
        ),
    ],
    "after_passes": [
        (
            """
def after_passes(mean, variance, momentum, passes, epsilon):
    kept = (1 - momentum) ** passes
    scale = np.sqrt(kept + (1 - kept) * variance + epsilon)
    return kept * mean / scale, np.sqrt(variance) / scale
""",
            "share of the OLD value",
        ),
        (
            """
def after_passes(mean, variance, momentum, passes, epsilon):
    kept = momentum**passes
    square = kept + (1 - kept) * variance + epsilon
    return kept * mean / np.sqrt(square), variance / square
""",
            "not the variance",
        ),
        (
            """
def after_passes(mean, variance, momentum, passes, epsilon):
    kept = momentum**passes
    scale = np.sqrt(kept + (1 - kept) * variance + epsilon)
    return mean / scale, np.sqrt(variance) / scale
""",
            "The running mean is subtracted too",
        ),
    ],
    "cure_collapse": [
        (
            """
def cure_collapse():
    return {"discriminator_rate": 0.03}
""",
            "All three should have 8 modes",
        ),
        (
            """
def cure_collapse():
    return {"generator_rate": 0.003, "beta_1": 0.5, "penalty": 1.0}
""",
            "It changes 3 settings",
        ),
        (
            """
def cure_collapse():
    return {"learning_rate": 0.003}
""",
            "It should return a dictionary of settings",
        ),
        (
            """
def cure_collapse():
    return {"target": "clusters"}
""",
            "Another target is no cure",
        ),
    ],
    "diagnose": [
        (
            """
def diagnose(signs):
    return "mode collapse"
""",
            "Most often confused",
        ),
        (
            """
def diagnose(signs):
    if signs["broken"]:
        return "NaN: too large a step"
    return "overpowering D" if signs["real_score"] > 0.9 else "healthy"
""",
            "which you called",
        ),
        (
            """
def diagnose(signs):
    rules = [
        ("NaN: too large a step", signs["broken"] and signs["last_gradient"] > 60),
        ("NaN: logarithm of 0", signs["broken"]),
        ("swapped labels", signs["real_score"] < 0.1 and signs["fake_score"] > 0.9),
        ("G aims at fake", signs["real_score"] > 0.9 and signs["audit_g"] < -3),
        ("sigmoid twice", abs(signs["audit_d"]) > 0.25 or abs(signs["audit_g"]) > 0.5),
        ("vanishing gradient", signs["push"] < 0.02),
        ("overpowering D", signs["moved_g"] < 0.005),
        ("dead G", signs["silent"] > 0.8),
        ("mode collapse", signs["spread"] < 0.7),
    ]
    return next((name for name, fits in rules if fits), "healthy")
""",
            "a disease was missed in all three of its patients",
        ),
    ],
}
