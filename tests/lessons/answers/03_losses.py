"""Independent right answers and the usual wrong ones for lesson 3."""

RIGHT = {
    # the weights of the two terms, each by tanh: sigmoid(l) = (1 + tanh(l / 2)) / 2
    "mixed_gradient": """
def mixed_gradient(fake_logits, share):
    gradient = []
    for logit in fake_logits:
        t = np.tanh(logit / 2)
        gradient.append(-(share * (1 + t) + (1 - share) * (1 - t)) / 2 / np.size(fake_logits))
    return gradient
""",
    # the broken program with one sign changed, and the mean written out
    "weighted_generator_loss": """
def weighted_generator_loss(fake_logits, weights):
    total = 0.0
    for logit, weight in zip(fake_logits, weights):
        total -= weight * np.log(1 / (1 + np.exp(-logit)))
    return total / sum(weights)
""",
    # one cross-entropy over all the things, each with its weight
    "shared_discriminator_loss": """
def shared_discriminator_loss(real_logits, fake_logits, share):
    signed = np.concatenate([real_logits, -fake_logits])
    n, m = len(real_logits), len(fake_logits)
    weights = np.concatenate([np.full(n, share / n), np.full(m, (1 - share) / m)])
    return -weights @ np.log(sigmoid(signed))
""",
    # from powers: D = 1 / (1 + q) with q = e^(-l/T)
    "tempered_value": """
def tempered_value(real_logits, fake_logits, temperature):
    q_real = np.exp(-np.asarray(real_logits)) ** (1 / temperature)
    q_fake = np.exp(np.asarray(fake_logits)) ** (1 / temperature)
    return np.log(1 / (1 + q_real)).mean() + np.log(1 / (1 + q_fake)).mean()
""",
    # the fakes' two means, weighted with their numbers
    "buffered_discriminator_loss": """
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    fresh, old = len(fresh_logits), len(old_logits)
    fakes = (fresh * np.mean(softplus(fresh_logits)) + old * np.mean(softplus(old_logits))) / (fresh + old)
    return np.mean(np.log1p(np.exp(-real_logits))) + fakes
""",
    # judge by judge, with NumPy's log(e^a + e^b)
    "judges_loss": """
def judges_loss(logits):
    total = np.full(len(logits[0]), -np.inf)
    for judge in logits:
        total = np.logaddexp(total, np.minimum(judge, 0) - np.log1p(np.exp(-np.abs(judge))))
    return np.log(len(logits)) - total.mean()
""",
    # where the gradient changes sign, by halving
    "predict_rest": """
def predict_rest(loss, share, real_target, fake_target):
    low, high = -40.0, 40.0
    for _ in range(80):
        l = (low + high) / 2
        if loss == "hinge":
            on_real, on_fake = -float(l < real_target), float(l > fake_target)
        else:
            out = l if loss == "least_squares" else 1 / (1 + np.exp(-l))
            on_real, on_fake = out - real_target, out - fake_target
        if share * on_real + (1 - share) * on_fake < 0:
            low = l
        else:
            high = l
    return low
""",
    "my_generator_loss": """
def my_generator_loss(fake_logits):
    return np.where(fake_logits < 1, 1 - fake_logits, 0.1 * (1 - fake_logits))
""",
}

WRONG = {
    "mixed_gradient": [
        (
            """
def mixed_gradient(fake_logits, share):
    d = sigmoid(fake_logits)
    return (share * d + (1 - share) * (1 - d)) / len(fake_logits)
""",
            "The sign is turned round",
        ),
        (
            """
def mixed_gradient(fake_logits, share):
    d = sigmoid(fake_logits)
    return -(share * d + (1 - share) * (1 - d))
""",
            "These are the gradients of the sum",
        ),
        (
            """
def mixed_gradient(fake_logits, share):
    d = sigmoid(fake_logits)
    return -((1 - share) * d + share * (1 - d)) / len(fake_logits)
""",
            "The two shares are exchanged",
        ),
        (
            """
def mixed_gradient(fake_logits, share):
    d = sigmoid(fake_logits)
    return -(share / (1 - d) + (1 - share) / d) / len(fake_logits)
""",
            "the chain rule has another factor",
        ),
    ],
    "weighted_generator_loss": [
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return np.average(np.log(sigmoid(fake_logits)), weights=weights)
""",
            "Where does it send D(G(z))",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return np.average(np.log(1 - sigmoid(fake_logits)), weights=weights)
""",
            "This is minimax",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return -np.average(np.log(1 - sigmoid(fake_logits)), weights=weights)
""",
            "the discriminator's term for fakes",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return -np.mean(np.log(sigmoid(fake_logits)))
""",
            "the weights are lost",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return np.sum(weights * softplus(-fake_logits))
""",
            "divides the weighted sum by",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return np.mean(weights * softplus(-fake_logits))
""",
            "not by their number",
        ),
        (
            """
def weighted_generator_loss(fake_logits, weights):
    return -np.log(np.average(sigmoid(fake_logits), weights=weights))
""",
            "the mean is of the logarithms",
        ),
    ],
    "shared_discriminator_loss": [
        (
            """
def shared_discriminator_loss(real_logits, fake_logits, share):
    d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    return -(share * np.mean(d_real) + (1 - share) * np.mean(np.log(1 - d_fake)))
""",
            "which of the two terms has no logarithm",
        ),
        (
            """
def shared_discriminator_loss(real_logits, fake_logits, share):
    d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    return share * np.mean(np.log(d_real)) + (1 - share) * np.mean(np.log(1 - d_fake))
""",
            "This is the value, which D wants large",
        ),
        (
            """
def shared_discriminator_loss(real_logits, fake_logits, share):
    d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    return -(1 - share) * np.mean(np.log(d_real)) - share * np.mean(np.log(1 - d_fake))
""",
            "the shares are exchanged",
        ),
        (
            """
def shared_discriminator_loss(real_logits, fake_logits, share):
    d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    return -np.mean(np.log(d_real)) - np.mean(np.log(1 - d_fake))
""",
            "the shares are lost",
        ),
        (
            """
def shared_discriminator_loss(real_logits, fake_logits, share):
    d_real, d_fake = sigmoid(real_logits), sigmoid(fake_logits)
    return -share * np.mean(np.log(d_real)) - (1 - share) * np.mean(np.log(d_fake))
""",
            "has to be about 1 - D",
        ),
    ],
    "tempered_value": [
        (
            """
def tempered_value(real_logits, fake_logits, temperature):
    d_real = np.where(real_logits > 0, 1.0, 0.0)
    d_fake = np.where(fake_logits > 0, 1.0, 0.0)
    return np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
""",
            "Still an indicator",
        ),
        (
            """
def tempered_value(real_logits, fake_logits, temperature):
    return np.mean(np.log(sigmoid(real_logits))) + np.mean(np.log(1 - sigmoid(fake_logits)))
""",
            "the temperature is not used",
        ),
        (
            """
def tempered_value(real_logits, fake_logits, temperature):
    d_real, d_fake = sigmoid(real_logits * temperature), sigmoid(fake_logits * temperature)
    return np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
""",
            "Divide the logits by the temperature",
        ),
        (
            """
def tempered_value(real_logits, fake_logits, temperature):
    d_real, d_fake = sigmoid(real_logits / temperature), sigmoid(fake_logits / temperature)
    return -np.mean(np.log(d_real)) - np.mean(np.log(1 - d_fake))
""",
            "which is never above 0",
        ),
        (
            """
def tempered_value(real_logits, fake_logits, temperature):
    d_real = np.clip(np.where(real_logits > 0, 1.0, 0.0), 1e-7, 1 - 1e-7)
    d_fake = np.clip(np.where(fake_logits > 0, 1.0, 0.0), 1e-7, 1 - 1e-7)
    return np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
""",
            "in the place of the indicator",
        ),
    ],
    "buffered_discriminator_loss": [
        (
            """
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    on_fakes = np.mean(softplus(fresh_logits)) + np.mean(softplus(old_logits))
    return np.mean(softplus(-real_logits)) + on_fakes
""",
            "Here fakes count double",
        ),
        (
            """
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    on_fakes = np.mean(softplus(fresh_logits)) + np.mean(softplus(old_logits))
    return np.mean(softplus(-real_logits)) + on_fakes / 2
""",
            "each fresh one counts more",
        ),
        (
            """
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    return np.mean(softplus(np.concatenate([-real_logits, fresh_logits, old_logits])))
""",
            "One mean over everything",
        ),
        (
            """
def buffered_discriminator_loss(real_logits, fresh_logits, old_logits):
    return np.mean(softplus(-real_logits)) + np.mean(softplus(fresh_logits))
""",
            "The old fakes are left out",
        ),
    ],
    "judges_loss": [
        (
            """
def judges_loss(logits):
    return -np.mean(np.log(np.mean(sigmoid(logits), axis=0)))
""",
            "sigmoid(-800) is 0 in a computer",
        ),
        (
            """
def judges_loss(logits):
    log_d = -softplus(-logits)
    return -np.mean(log_d.max() + np.log(np.mean(np.exp(log_d - log_d.max()), axis=0)))
""",
            "needs its own: axis=0",
        ),
        (
            """
def judges_loss(logits):
    return np.mean(softplus(-logits))
""",
            "the mean of the judges' losses",
        ),
        (
            """
def judges_loss(logits):
    return -np.mean(np.logaddexp.reduce(-softplus(-logits), axis=0))
""",
            "log K is missing",
        ),
        (
            """
def judges_loss(logits):
    return np.mean(softplus(-logits.mean(axis=0)))
""",
            "not of the logits",
        ),
        (
            """
def judges_loss(logits):
    log_d = -softplus(-logits)
    return np.log(logits.shape[1]) - np.mean(np.logaddexp.reduce(log_d, axis=1))
""",
            "Judges and fakes are exchanged",
        ),
    ],
    "predict_rest": [
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    if loss == "hinge":
        return real_target if share > 0.5 else fake_target
    return share * real_target + (1 - share) * fake_target
""",
            "Asked for is its logit",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "The hinge does not average",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    if loss == "hinge":
        return real_target if share < 0.5 else fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "the majority decides",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = (1 - share) * real_target + share * fake_target
    if loss == "hinge":
        return real_target if share < 0.5 else fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "share is the share of the real",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    if loss == "hinge":
        return 1 if share > 0.5 else -1
    return np.log(share / (1 - share)) if loss == "logistic" else share
""",
            "Right for the usual targets only",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    if loss == "hinge":
        return real_target if share > 0.5 else fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else np.log(share / (1 - share))
""",
            "Least squares has no sigmoid",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    if loss == "hinge":
        return 1.0 if share > 0.5 else -1.0
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "the hinge rests at its targets",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    if loss == "hinge":
        return 1.0 if share > 0.5 else fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "which need not be 1 or -1",
        ),
        (
            """
def predict_rest(loss, share, real_target, fake_target):
    mean = share * real_target + (1 - share) * fake_target
    if loss == "hinge":
        return real_target if mean > 0 else fake_target
    return np.log(mean / (1 - mean)) if loss == "logistic" else mean
""",
            "only the shares decide",
        ),
    ],
    "my_generator_loss": [
        (
            """
def my_generator_loss(fake_logits):
    return (fake_logits - 1) ** 2 / 2
""",
            "descent pushes such a fake back",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return -softplus(fake_logits)
""",
            "the generator hears next to nothing",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return -fake_logits
""",
            "good fakes are pulled as hard as bad ones",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return 3 * np.logaddexp(0, -fake_logits)
""",
            "it is the non-saturating loss",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return np.exp(-fake_logits)
""",
            "the loss is inf or nan",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return np.mean(softplus(-fake_logits))
""",
            "Leave out the mean",
        ),
        # a jump between two of the points at which the check once took its slopes
        (
            """
def my_generator_loss(fake_logits):
    return np.where(fake_logits < 3.012, -fake_logits, -3.5 - 0.1 * fake_logits)
""",
            "At logit 3.0 your loss jumps",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return np.where(fake_logits < 3.012, -fake_logits, 3 - 0.1 * fake_logits)
""",
            "At logit 3.0 your loss rises",
        ),
        (
            """
def my_generator_loss(fake_logits):
    return np.minimum(softplus(-fake_logits), 20)
""",
            "the generator hears next to nothing",
        ),
        # far out, where the check once did not look
        (
            """
def my_generator_loss(fake_logits):
    return np.where(fake_logits < -100, 1000 * (-100 - fake_logits), 0) + np.maximum(-fake_logits, 0)
""",
            "would rule the batch",
        ),
    ],
}
