"""Independent right answers and the usual wrong ones for lesson 13."""

RIGHT = {
    # the score function in full: every word's probability, verdict and score, added up
    "word_gradient": """
def word_gradient(first, following, values):
    K = len(first)
    pi = np.exp(first) / np.sum(np.exp(first))
    by_first, by_following = np.zeros(K), np.zeros((K, K))
    for k in range(K):
        p = np.exp(following[k]) / np.sum(np.exp(following[k]))
        for j in range(K):
            weight = pi[k] * p[j] * values[k, j]
            by_first += weight * (np.arange(K) == k) - weight * pi
            by_following[k] += weight * (np.arange(K) == j) - weight * p
    return by_first, by_following
""",
    # word by word, each up to its end
    "policy_gradient": """
def policy_gradient(logits, letters, rewards):
    T, K = logits.shape
    pi = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    total, n = np.zeros((T, K)), len(letters)
    for i in range(n):
        others = [rewards[j] for j in range(n) if j != i]
        advantage = rewards[i] - sum(others) / len(others)
        for t in range(T):
            total[t] -= advantage * pi[t]
            total[t, letters[i, t]] += advantage
            if letters[i, t] == 0:
                break
    return total / n
""",
    # the clocks themselves
    "in_order": """
def in_order(logits, uniforms, count):
    times = -np.log(uniforms) / np.exp(logits)
    left, found = list(range(len(logits))), []
    for _ in range(count):
        soonest = min(left, key=lambda k: times[k])
        left.remove(soonest)
        found.append(soonest)
    return np.array(found)
""",
    # the Jacobian of each place, entry by entry
    "straight_through": """
def straight_through(logits, noise, temperature, slope):
    T, K = logits.shape
    shown, back = np.zeros((T, K)), np.zeros((T, K))
    for t in range(T):
        shown[t, np.argmax(logits[t] + noise[t])] = 1
    push = slope(shown)
    for t in range(T):
        powers = np.exp((logits[t] + noise[t]) / temperature)
        y = powers / powers.sum()
        for j in range(K):
            for k in range(K):
                back[t, j] += push[t, k] * y[k] * ((k == j) - y[j]) / temperature
    return shown, back
""",
    # one estimator after the other
    "best_choice": """
def best_choice(biases, variances, prices, budget):
    best = (None, float("inf"))
    for number in range(len(biases)):
        n = int(budget // prices[number])
        if n >= 1:
            error = biases[number] ** 2 + variances[number] / n
            if error < best[1]:
                best = (number, float(error))
    return best
""",
    # by sets of keys, with the first of each kept in a dictionary
    "novelty": """
def novelty(drawn, training):
    from collections import Counter

    def key(title):
        counts = Counter(re.findall("[a-z]+", title.lower()))
        for article in ("the", "a", "an"):
            counts.pop(article, None)
        return frozenset(counts.items())

    known = set(" ".join(" ".join(words(title)) for title in training).split())
    first = {}
    for title in drawn:
        first.setdefault(key(title), title)
    old = {key(title) for title in training} | {frozenset()}
    good = [k for k, title in first.items() if k not in old and all(w in known for w in words(title))]
    return len(good) / len(drawn)
""",
}

ALSO_RIGHT = {
    # differences instead of formulas
    "word_gradient": [
        """
def word_gradient(first, following, values):
    def V(a, b):
        return np.sum(softmax(a)[:, None] * softmax(b) * values)

    step, K = 1e-5, len(first)
    by_first = np.array([(V(first + w, following) - V(first - w, following)) / (2 * step) for w in step * np.eye(K)])
    ways = step * np.eye(K * K).reshape(K * K, K, K)
    by_following = np.array([(V(first, following + w) - V(first, following - w)) / (2 * step) for w in ways])
    return by_first, by_following.reshape(K, K)
""",
    ],
}

WRONG = {
    "word_gradient": [
        (
            """
def word_gradient(first, following, values):
    pi, p = softmax(first), softmax(following)
    worth = values.mean(axis=1)
    own = np.sum(p * values, axis=1)
    return pi * (worth - pi @ worth), pi[:, None] * p * (values - own[:, None])
""",
            "weighted by p, not even",
        ),
        (
            """
def word_gradient(first, following, values):
    pi, p = softmax(first), softmax(following)
    worth = np.sum(p * values, axis=1)
    return pi * (worth - pi @ worth), p * (values - worth[:, None])
""",
            "used only when the first letter is k",
        ),
        (
            """
def word_gradient(first, following, values):
    pi, p = softmax(first), softmax(following)
    worth = np.sum(p * values, axis=1)
    return pi * (worth - pi @ worth), pi[:, None] * p * (values - pi @ worth)
""",
            "not that of all words",
        ),
        (
            """
def word_gradient(first, following, values):
    pi, p = softmax(first), softmax(following)
    return pi * np.sum(p * values, axis=1), pi[:, None] * p * values
""",
            "The average is missing",
        ),
        (
            """
def word_gradient(first, following, values):
    def V(a, b):
        return np.sum(softmax(a)[:, None] * softmax(b) * values)

    K, step, found = len(first), 1e-4, np.zeros((len(first), len(first)))
    by_first = np.array([(V(first + way, following) - V(first, following)) / step for way in step * np.eye(K)])
    for k, j in np.ndindex(K, K):
        moved = following.copy()
        moved[k, j] += step
        found[k, j] = (V(first, moved) - V(first, following)) / step
    return by_first, found
""",
            "how often does it come to this choice",
        ),
    ],
    "policy_gradient": [
        (
            """
def policy_gradient(logits, letters, rewards):
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    weights = rewards - rewards.mean()
    return np.mean(weights[:, None, None] * scores, axis=0)
""",
            "2 faults are left; one of them: a word's own reward",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    weights = rewards - (rewards.sum() - rewards) / (len(rewards) - 1)
    return np.mean(weights[:, None, None] * scores, axis=0)
""",
            "One fault is left: what stands after the end",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    weights = rewards - (rewards.sum() - rewards) / (len(rewards) - 1)
    read = np.cumsum(letters == 0, axis=1) == 0
    return np.mean((weights[:, None] * read)[:, :, None] * scores, axis=0)
""",
            "The end counts",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    scores = softmax(logits) - np.eye(logits.shape[1])[letters]
    weights = rewards - (rewards.sum() - rewards) / (len(rewards) - 1)
    read = np.cumsum(letters == 0, axis=1) - (letters == 0) == 0
    return np.mean((weights[:, None] * read)[:, :, None] * scores, axis=0)
""",
            "One fault is left: the direction",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    n = len(rewards)
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = (rewards.sum() - rewards) / (n - 1)
    read = letters != 0
    weights = (rewards - baselines)[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
""",
            "Here every end is left out",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    n = len(rewards)
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = (rewards.sum() - rewards) / (n - 1)
    read = np.cumsum(letters == 0, axis=1) <= 1
    weights = (rewards - baselines)[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
""",
            "reads on after the end",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    n = len(rewards)
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = 0
    read = np.cumsum(letters == 0, axis=1) - (letters == 0) == 0
    weights = (rewards - baselines)[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
""",
            "The baseline is missing",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    n = len(rewards)
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = (rewards.sum() - rewards) / n
    read = np.cumsum(letters == 0, axis=1) - (letters == 0) == 0
    weights = (rewards - baselines)[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
""",
            "There are n - 1 other words",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    n = len(rewards)
    scores = np.eye(logits.shape[1])[letters] - softmax(logits)
    baselines = (rewards.sum() - rewards) / (n - 1)
    read = np.cumsum(letters == 0, axis=1) - (letters == 0) == 0
    weights = (rewards - baselines)[:, None] * read
    return np.sum(weights[:, :, None] * scores, axis=0)
""",
            "not the sum",
        ),
        (
            """
def policy_gradient(logits, letters, rewards):
    scores = softmax(logits) - np.eye(logits.shape[1])[letters]
    read = np.cumsum(letters == 0, axis=1) - (letters == 0) == 0
    weights = (rewards - rewards.mean())[:, None] * read
    return np.mean(weights[:, :, None] * scores, axis=0)
""",
            "2 faults are left; one of them: the direction",
        ),
        # the mean of the words with the same letter there, which is quiz 1
        (
            """
def policy_gradient(logits, letters, rewards):
    return np.zeros(logits.shape)
""",
            "Look at three things",
        ),
    ],
    "in_order": [
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(logits - np.log(-np.log(uniforms)))[:count]
""",
            "argsort begins with the smallest",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(-(logits + np.log(-np.log(uniforms))))[:count]
""",
            "One minus is missing",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(-logits)[:count]
""",
            "Without the noise",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(-(logits - np.log(uniforms)))[:count]
""",
            "a ringing time for rate 1",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(-(softmax(logits) - np.log(-np.log(uniforms))))[:count]
""",
            "not to the probabilities",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(logits - np.log(-np.log(uniforms)))[-count:]
""",
            "right letters in the wrong order",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(logits - np.log(-np.log(uniforms)))[:count][::-1]
""",
            "Turned round after it was cut",
        ),
        (
            """
def in_order(logits, uniforms, count):
    return np.argsort(-np.log(uniforms) * np.exp(logits))[:count]
""",
            "a large logit rings *early*",
        ),
    ],
    "straight_through": [
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax((logits + noise) / temperature)
    push = slope(soft)
    return soft, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "That is Gumbel-softmax",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax((logits + noise) / temperature)
    shown = np.eye(logits.shape[1])[np.argmax(soft, axis=1)]
    push = slope(soft)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "its slope has to be taken there",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax((logits + noise) / temperature)
    shown = np.eye(logits.shape[1])[np.argmax(soft, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True))
""",
            "divided by the temperature",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    shown = np.eye(logits.shape[1])[np.argmax(logits + noise, axis=1)]
    push = slope(shown)
    return shown, shown * (push - np.sum(shown * push, axis=1, keepdims=True)) / temperature
""",
            "its gradient is 0 everywhere",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax((logits + noise) / temperature)
    push = slope(np.eye(logits.shape[1])[np.argmax(soft, axis=1)])
    return soft, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "the first of the two results is hard",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax((logits + noise) / temperature)
    shown = np.eye(logits.shape[1])[np.argmax(logits, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "has to be drawn, too",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax(logits)
    shown = np.eye(logits.shape[1])[np.argmax(logits + noise, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True))
""",
            "is the *plain* straight-through",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax(logits)
    shown = np.eye(logits.shape[1])[np.argmax(logits + noise, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "this is that of the logits",
        ),
        (
            """
def straight_through(logits, noise, temperature, slope):
    soft = softmax(logits / temperature)
    shown = np.eye(logits.shape[1])[np.argmax(logits + noise, axis=1)]
    push = slope(shown)
    return shown, soft * (push - np.sum(soft * push, axis=1, keepdims=True)) / temperature
""",
            "The way back has no noise",
        ),
    ],
    "best_choice": [
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases + variances / np.maximum(draws, 1), np.inf)
    return int(np.argmin(errors)), float(errors.min())
""",
            "enters with its square",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, (biases**2 + variances) / np.maximum(draws, 1), np.inf)
    return int(np.argmin(errors)), float(errors.min())
""",
            "Averaging does not shrink the bias",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    errors = biases**2 + variances / (budget / prices)
    return int(np.argmin(errors)), float(errors.min())
""",
            "There are no parts of draws",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    errors = biases**2 + variances / np.maximum(budget // prices, 1)
    return int(np.argmin(errors)), float(errors.min())
""",
            "Who cannot pay for a single draw",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1), np.inf)
    return int(np.argmin(errors)), float(errors.min() ** 0.5)
""",
            "not its root",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.round(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1), np.inf)
    return int(np.argmin(errors)), float(errors.min())
""",
            "rounded *down*",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1) ** 2, np.inf)
    return int(np.argmin(errors)), float(errors.min())
""",
            "not v / n^2",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1), np.inf)
    return float(errors.min()), int(np.argmin(errors))
""",
            "The number comes first",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    draws = np.floor(budget / prices)
    errors = np.where(draws > 0, biases**2 + variances / np.maximum(draws, 1), np.inf)
    return int(np.argmax(np.where(draws > 0, errors, 0))), float(errors[draws > 0].max())
""",
            "the *smallest* error",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    with np.errstate(all="ignore"):
        errors = biases**2 + variances / np.floor(budget / prices)
    return np.argmin(errors), min(errors)
""",
            "not always infinite",
        ),
        (
            """
def best_choice(biases, variances, prices, budget):
    paid = budget >= prices
    errors = biases[paid] ** 2 + variances[paid] / (budget // prices[paid])
    return int(np.argmin(errors)), float(errors.min())
""",
            "counts all estimators",
        ),
    ],
    "novelty": [
        (
            """
def novelty(drawn, training):
    def parts(title):
        return title.lower().split()

    def key(title):
        return tuple(sorted(w for w in parts(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in parts(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(parts(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "not by blanks",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    seen, new = {key(title) for title in training}, 0
    for title in drawn:
        new += bool(key(title)) and key(title) not in seen
        seen.add(key(title))
    return new / len(drawn)
""",
            "as far as anybody can say",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    old = {key(title) for title in training} | {()}
    return sum(key(t) not in old and vocabulary.issuperset(words(t)) for t in drawn) / len(drawn)
""",
            "counts once",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        if key(title) not in seen and vocabulary.issuperset(words(title)):
            seen.add(key(title))
            new += 1
    return new / len(drawn)
""",
            "keep its key too",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in key(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(key(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "An article is a word too",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "There are three articles",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(w for w in words(title) if w not in ("the", "a", "an"))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "The order does not count",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    old = {key(title) for title in training} | {()}
    new = {key(t) for t in drawn if key(t) not in old and vocabulary.issuperset(words(t))}
    return len(new) / len({key(t) for t in drawn})
""",
            "Divide by all drawn titles",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(words(title)))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "articles do not count for the key",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return frozenset(w for w in words(title) if w not in ("the", "a", "an"))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {frozenset()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "each word as often as it occurs",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "is no title",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and any(w in vocabulary for w in words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "one is not enough",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = set(training) | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "A training title has a key, too",
        ),
        (
            """
def novelty(drawn, training):
    def key(title):
        return tuple(sorted(w for w in words(title.replace("a ", "")) if w not in ("the", "a", "an")))

    vocabulary = {w for title in training for w in words(title)}
    seen, new = {key(title) for title in training} | {()}, 0
    for title in drawn:
        new += key(title) not in seen and vocabulary.issuperset(words(title))
        seen.add(key(title))
    return new / len(drawn)
""",
            "An article is a whole word",
        ),
    ],
}
