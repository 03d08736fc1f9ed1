"""Independent right answers and the usual wrong ones for lesson 2."""

RIGHT = {
    # played step by step, the angles added up
    "predict_spiral": """
def predict_spiral(strength, eta, steps):
    theta, phi, angle = 1.0, 0.0, 0.0
    for _ in range(steps):
        new = theta + eta * strength * phi, phi - eta * strength * theta
        cross, dot = theta * new[1] - phi * new[0], theta * new[0] + phi * new[1]
        angle += np.arctan2(-cross, dot)
        theta, phi = new
    return np.hypot(theta, phi), angle / (2 * np.pi)
""",
    # the moves themselves, on the two unit vectors
    "round_matrix": """
def round_matrix(strength, eta_g, eta_d, k):
    columns = []
    for theta, phi in ((1.0, 0.0), (0.0, 1.0)):
        for _ in range(k):
            phi -= eta_d * strength * theta
        theta += eta_g * strength * phi
        columns.append((theta, phi))
    return np.array(columns).T
""",
    # by halving: does this step still settle?
    "largest_step": """
def largest_step(jacobian):
    low, high = 0.0, 1e4
    identity = np.eye(len(jacobian))
    for _ in range(70):
        middle = (low + high) / 2
        settles = np.abs(np.linalg.eigvals(identity + middle * jacobian)).max() < 1
        low, high = (middle, high) if settles else (low, middle)
    return low if low > 1e-9 else 0.0
""",
    # the pulls as difference quotients of the losses
    "penalised_path": """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    def loss_d(theta, phi):
        return np.log(2) + np.log1p(np.exp(phi * theta)) + gamma / 2 * phi**2

    def loss_g(theta, phi):
        return np.log1p(np.exp(-phi * theta))

    def slope(function, at, h=1e-3):
        near = function(at + h) - function(at - h)
        far = function(at + 2 * h) - function(at - 2 * h)
        return (8 * near - far) / (12 * h)

    path = np.empty((steps + 1, 2))
    path[0] = theta, phi
    for n in range(steps):
        phi -= eta_d * slope(lambda each: loss_d(theta, each), phi)
        theta -= eta_g * slope(lambda each: loss_g(each, phi), theta)
        path[n + 1] = theta, phi
    return path
""",
    # the roots of the characteristic polynomial
    "momentum_growth": """
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    polynomial = np.poly([1, 1, beta_g, beta_d])
    polynomial[1] += eta_g * eta_d
    return np.abs(np.roots(polynomial)).max()
""",
    # negative momentum, one after the other
    "cover_the_grid": """
def cover_the_grid():
    return Settings("grid", batch=256, discriminator_steps=5)
""",
    "my_rule": """
def my_rule(field, theta, phi, memory, eta):
    speed_theta, speed_phi = memory or (0.0, 0.0)
    speed_phi = -0.5 * speed_phi + eta * field(theta, phi)[1]
    phi = phi + speed_phi
    speed_theta = -0.5 * speed_theta + eta * field(theta, phi)[0]
    return theta + speed_theta, phi, (speed_theta, speed_phi)
""",
    # Keras's own cross-entropy with the labels of real ones, on the parameters of one tape that watches nothing else
    "generator_step": """
def generator_step(generator, discriminator, optimizer, z):
    mine = generator.trainable_variables
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in mine:
            tape.watch(variable.value)
        logits = discriminator(generator(z))
        loss = entropy(tf.ones_like(logits), logits)
    optimizer.apply_gradients(zip(tape.gradient(loss, mine), mine))
    return loss
""",
}

WRONG = {
    "predict_spiral": [
        (
            """
def predict_spiral(strength, eta, steps):
    return (1 + (strength * eta) ** 2) ** steps, steps * np.arctan(strength * eta) / (2 * np.pi)
""",
            "The factor is that of the squared distance",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    return (1 + (strength * eta) ** 2) ** (steps / 2), steps * strength * eta / (2 * np.pi)
""",
            "by the arctangent",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    return (1 + (strength * eta) ** 2) ** (steps / 2), steps * np.arctan(strength * eta)
""",
            "One full turn is an angle of 2 pi",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    return (1 + eta**2) ** (steps / 2), steps * np.arctan(eta) / (2 * np.pi)
""",
            "Right for strength 1",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    return 1.0, steps * np.arctan(strength * eta) / (2 * np.pi)
""",
            "That is a circle",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    whole = (1 - 1j * strength * eta) ** steps
    return abs(whole), abs(np.angle(whole)) / (2 * np.pi)
""",
            "np.angle knows no whole turns",
        ),
        (
            """
def predict_spiral(strength, eta, steps):
    one_step = 1 - 1j * strength * eta
    return abs(one_step) ** steps, steps * np.angle(one_step) / (2 * np.pi)
""",
            "turns are to be counted positive",
        ),
    ],
    "round_matrix": [
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    return np.array([[1, strength * eta_g], [-k * strength * eta_d, 1]])
""",
            "This is both at once",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = strength * eta_d, k * strength * eta_g
    return np.array([[1 - a * b, a], [-b, 1]])
""",
            "The two step sizes are exchanged",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = strength * eta_g, strength * eta_d
    return np.array([[1 - a * b, a], [-b, 1]])
""",
            "Theta stands still meanwhile",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = k * strength * eta_g, k * strength * eta_d
    return np.array([[1 - a * b, a], [-b, 1]])
""",
            "The generator takes one step a round",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = strength * eta_g, strength * eta_d
    return np.linalg.matrix_power(np.array([[1 - a * b, a], [-b, 1]]), k)
""",
            "these are k whole rounds",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = strength * eta_g, k * strength * eta_d
    return np.array([[1, a], [-b, 1 - a * b]])
""",
            "the generator goes first",
        ),
        (
            """
def round_matrix(strength, eta_g, eta_d, k):
    a, b = strength * eta_g, k * strength * eta_d
    return np.array([[1 - a * b, -b], [a, 1]])
""",
            "transposed",
        ),
    ],
    "largest_step": [
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    return 0.0 if np.any(eigenvalues.real >= 0) else np.min(2 / np.abs(eigenvalues))
""",
            "This is the bound for real eigenvalues",
        ),
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    if np.any(eigenvalues.real >= 0):
        return 0.0
    return np.max(-2 * eigenvalues.real / np.abs(eigenvalues) ** 2)
""",
            "the smallest counts",
        ),
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    return max(0.0, np.min(-eigenvalues.real / np.abs(eigenvalues) ** 2))
""",
            "Half of it",
        ),
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    return np.min(-2 * eigenvalues.real / np.abs(eigenvalues) ** 2)
""",
            "not a negative number",
        ),
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    if np.any(eigenvalues.real >= 0):
        return 0.0
    largest = eigenvalues[np.argmax(np.abs(eigenvalues))]
    return -2 * largest.real / abs(largest) ** 2
""",
            "need not have the smallest bound",
        ),
        (
            """
def largest_step(jacobian):
    if np.any(np.linalg.eigvalsh(jacobian + jacobian.T) >= 0):
        return 0.0
    eigenvalues = np.linalg.eigvals(jacobian)
    return np.min(-2 * eigenvalues.real / np.abs(eigenvalues) ** 2)
""",
            "only the eigenvalues of J itself decide",
        ),
        # the eigenvalue that shrinks least for its size, and the fastest turn: the check has always told them from
        # the right one, grading has not
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    if np.any(eigenvalues.real >= 0):
        return 0.0
    weakest = eigenvalues[np.argmin(-eigenvalues.real / np.abs(eigenvalues))]
    return -2 * weakest.real / abs(weakest) ** 2
""",
            "the smallest of them",
        ),
        (
            """
def largest_step(jacobian):
    eigenvalues = np.linalg.eigvals(jacobian)
    if np.any(eigenvalues.real >= 0):
        return 0.0
    fastest = eigenvalues[np.argmax(np.abs(eigenvalues.imag))]
    return -2 * fastest.real / abs(fastest) ** 2
""",
            "the smallest of them",
        ),
    ],
    "penalised_path": [
        (
            """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    path = [(theta, phi)]
    for _ in range(steps):
        phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi**2)
        theta = theta + eta_g * sigmoid(-phi * theta) * phi
        path.append((theta, phi))
    return np.array(path)
""",
            "the derivative of phi^2 / 2",
        ),
        (
            """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    path = [(theta, phi)]
    for _ in range(steps):
        new_phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi)
        theta = theta + eta_g * sigmoid(-phi * theta) * phi
        phi = new_phi
        path.append((theta, phi))
    return np.array(path)
""",
            "still answers the old phi",
        ),
        (
            """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    path = [(theta, phi)]
    for _ in range(steps):
        phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi)
        theta = theta + eta_g * sigmoid(phi * theta) * phi
        path.append((theta, phi))
    return np.array(path)
""",
            "still the minimax one",
        ),
        (
            """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    path = [(theta, phi)]
    for _ in range(steps):
        phi = phi + eta_d * (-sigmoid(phi * theta) * theta + gamma * phi)
        theta = theta + eta_g * sigmoid(-phi * theta) * phi
        path.append((theta, phi))
    return np.array(path)
""",
            "The penalty has the wrong sign",
        ),
        (
            """
def penalised_path(theta, phi, eta_g, eta_d, gamma, steps):
    path = []
    for _ in range(steps):
        new_phi = phi + eta_d * (-sigmoid(phi * theta) * theta - gamma * phi**2)
        new_theta = theta + eta_g * sigmoid(phi * theta) * phi
        theta, phi = new_theta, new_phi
        path.append((theta, phi))
    return np.array(path)
""",
            "whether the start is in the path",
        ),
    ],
    "momentum_growth": [
        (
            """
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    def one_step(state):
        theta, phi, u, s = state
        u, s = beta_g * u + eta_g * phi, beta_d * s - eta_d * theta
        return np.array([theta + u, phi + s, u, s])

    return np.abs(np.linalg.eigvals(np.column_stack([one_step(e) for e in np.eye(4)]))).max()
""",
            "Both move at once in your step",
        ),
        (
            """
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    def one_step(state):
        theta, phi, u, s = state
        u = beta_g * u + eta_g * phi
        theta = theta + u
        s = beta_d * s - eta_d * theta
        return np.array([theta, phi + s, u, s])

    return np.linalg.eigvals(np.column_stack([one_step(e) for e in np.eye(4)])).real.max()
""",
            "This is the largest real part",
        ),
        (
            """
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    def one_step(state):
        theta, phi, u, s = state
        u = u + eta_g * phi
        theta = theta + u
        s = s - eta_d * theta
        return np.array([theta, phi + s, u, s])

    return np.abs(np.linalg.eigvals(np.column_stack([one_step(e) for e in np.eye(4)]))).max()
""",
            "only the share beta of it is kept",
        ),
        (
            """
def momentum_growth(eta_g, eta_d, beta_g, beta_d):
    def one_step(state):
        theta, phi, u, s = state
        u = beta_g * u + eta_g * phi
        theta = theta + u
        s = beta_d * s - eta_d * theta
        return np.array([theta, phi + s, u, s])

    return abs(max(np.linalg.eigvals(np.column_stack([one_step(e) for e in np.eye(4)]))))
""",
            "goes by their real parts",
        ),
    ],
    "cover_the_grid": [
        (
            """
def cover_the_grid():
    return Settings(target="grid")
""",
            "All three should need at most 1,000",
        ),
        (
            """
def cover_the_grid():
    return Settings(discriminator_steps=5)
""",
            "Its target is ring",
        ),
        (
            """
def cover_the_grid():
    return {"target": "grid", "discriminator_steps": 5}
""",
            "It should return settings",
        ),
    ],
    "my_rule": [
        (
            """
def my_rule(field, theta, phi, memory, eta):
    arrow_theta, arrow_phi = field(theta, phi)
    return theta + eta * arrow_theta, phi + eta * arrow_phi, memory
""",
            "Both at once, straight along the arrows",
        ),
        (
            """
def my_rule(field, theta, phi, memory, eta):
    phi = phi + eta * field(theta, phi)[1]
    return theta + eta * field(theta, phi)[0], phi, memory
""",
            "not yet settled",
        ),
        (
            """
def my_rule(field, theta, phi, memory, eta):
    return 0.9 * theta, 0.9 * phi, memory
""",
            "so do not just shrink",
        ),
    ],
    "generator_step": [
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "*more* like fakes",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = -tf.reduce_mean(tf.nn.softplus(logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "This is the minimax loss",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables)
    return loss
""",
            "the discriminator moved too",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    both = generator.trainable_variables + discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, both), both)
    return loss
""",
            "the discriminator moved too",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_sum(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "This is the sum over the batch",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = -tf.reduce_mean(logits)
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "the logarithm is missing",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    tape.gradient(loss, generator.trainable_variables)
    return loss
""",
            "The generator did not move",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    discriminator.trainable = False
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "leaves the discriminator frozen",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    fakes = generator(z, training=True)
    with tf.GradientTape() as tape:
        logits = discriminator(fakes, training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss
""",
            "Inside the tape the fakes",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return loss.numpy()
""",
            "inside tf.function it stopped",
        ),
        (
            """
def generator_step(generator, discriminator, optimizer, z):
    with tf.GradientTape() as tape:
        logits = discriminator(generator(z, training=True), training=True)
        loss = tf.reduce_mean(tf.nn.softplus(-logits))
    optimizer.apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)
    return None
""",
            "return loss",
        ),
    ],
}
