"use strict";
// The page of a published generator: latents, pictures, and the controls that move about among them.

const MADE_BY = "made by a network";
const SIDE = 384;  // dots that a picture is wide on the screen, about
const REACH = 3;  // the sliders go so many standard deviations to either side
const WALK = 4000;  // milliseconds from one seed to the next
const CALM = 4;  // pictures on the way between two seeds for people who prefer less motion
const element = (id) => document.getElementById(id);
const model = JSON.parse(element("model").textContent);
const network = make_network(model, element("weights").textContent);

// mulberry32: a small generator of numbers in [0, 1), the same for the same seed
const random_numbers = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const latent_of = (seed) => {  // N(0, 1), by Box and Muller
    const random = random_numbers(seed);
    return Float64Array.from({length: model.latent_size}, () => {
        const length = Math.sqrt(-2 * Math.log(1 - random()));
        return length * Math.cos(2 * Math.PI * random());
    });
};

const dot = (a, b) => a.reduce((sum, number, index) => sum + number * b[index], 0);
const coordinates = (latent) => model.directions.map((direction) => dot(direction, latent));
const moved = (latent, direction, by) => latent.map((number, index) => number + by * direction[index]);

// The arc between two latents, as course_lib/models/latents.py has it.
const slerp = (a, b, share) => {
    const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))));
    const [of_a, of_b] = Math.sin(angle) < 1e-6 ? [1 - share, share]
        : [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
    return a.map((number, index) => of_a * number + of_b * b[index]);
};

let seed = 1, latent = latent_of(seed), walk = null;
const label = () => (model.classes.length ? element("class").selectedIndex : undefined);

// The picture as bytes 0 to 255: red, green, blue and opacity of each pixel.
const pixels_of = (latent, label) => {
    const numbers = network(latent, label), {width, height, channels} = model;
    const pixels = new Uint8ClampedArray(4 * width * height).fill(255);  // it rounds, and cuts at 0 and 255
    for (let pixel = 0; pixel < width * height; pixel++) for (let colour = 0; colour < 3; colour++)
        pixels[4 * pixel + colour] = (numbers[channels * pixel + (channels === 3 ? colour : 0)] + 1) * 127.5;
    return pixels;
};

// A picture with its label under it, within the picture, so that no copy goes without.
const paint = (canvas, pixels, scale) => {
    const small = document.createElement("canvas"), strip = Math.round(model.width * scale / 13);
    [small.width, small.height] = [model.width, model.height];
    small.getContext("2d").putImageData(new ImageData(pixels, model.width, model.height), 0, 0);
    [canvas.width, canvas.height] = [model.width * scale, model.height * scale + strip];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, model.width * scale, model.height * scale);
    context.fillStyle = "#1a1a1a";
    context.fillRect(0, model.height * scale, canvas.width, strip);
    context.fillStyle = "#fff";
    context.font = `${Math.round(strip * .62)}px system-ui, sans-serif`;
    [context.textAlign, context.textBaseline] = ["center", "middle"];
    context.fillText(MADE_BY, canvas.width / 2, model.height * scale + strip / 2);
};

const scale_for = (dots) => Math.max(1, Math.round(dots / Math.max(model.width, model.height)));

const described = () => {
    const drawn_as = model.classes.length ? `, ${model.classes[label()]}` : "";
    const from = latent_of(seed), away = Math.sqrt(dot(from, from) + dot(latent, latent) - 2 * dot(from, latent));
    return `seed ${seed}${away > 1e-6 ? ", moved" : ""}${drawn_as}`;
};

const one_decimal = (number) => number.toFixed(1).replace("-0.0", "0.0");

const show = () => {
    paint(element("picture"), pixels_of(latent, label()), scale_for(SIDE * devicePixelRatio));
    element("caption").textContent = `Picture of ${described()}`;
    const along = coordinates(latent);
    sliders.forEach(({input, output}, number) => {
        // a slider that is held keeps what it was given
        if (document.activeElement !== input || Math.abs(input.value - along[number]) > .051) input.value = along[number];
        output.textContent = one_decimal(along[number]).replace("-", "\u2212");
    });
    const said = along.map((value, number) => `direction ${number + 1} at ${one_decimal(value)}`).join(", ");
    element("picture").setAttribute("aria-label", `Picture made by a network: ${described()}; ${said}`);
    show_judgement();
};

let waits = false;
const show_soon = () => {  // once for all that happens before the screen is drawn again
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; show(); });
};

const say = (text) => (element("status").textContent = text);

const sliders = model.directions.map((direction, number) => {
    const row = document.createElement("div"), name = document.createElement("label");
    const [input, output] = ["input", "span"].map((tag) => document.createElement(tag));
    row.className = "slider";
    Object.assign(input, {id: `direction-${number + 1}`, type: "range", min: -REACH, max: REACH, step: .1});
    Object.assign(name, {htmlFor: input.id, textContent: `Direction ${number + 1}`});
    output.setAttribute("aria-hidden", true);  // the slider says it
    input.addEventListener("input", () => {
        stop_walk();
        latent = moved(latent, direction, input.value - dot(direction, latent));
        show_soon();
    });
    row.append(name, input, output);
    element("sliders").append(row);
    return {input, output};
});

const begin_at = (number) => {
    stop_walk();
    seed = number;
    element("seed").value = seed;
    latent = latent_of(seed);
    show();
};

const stop_walk = () => {
    if (!walk) return;
    cancelAnimationFrame(walk.frame);
    walk = null;
    element("walk").setAttribute("aria-pressed", false);
    say(`The walk stopped: ${described()}.`);
};

const start_walk = () => {
    const is_calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    walk = {from: latent, to: latent_of((seed + 1) % 2 ** 32), began: performance.now(), shown: -1};
    const step = (now) => {
        let share = Math.max(0, Math.min(1, (now - walk.began) / WALK));
        if (is_calm) share = Math.floor(share * CALM) / CALM;
        if (share !== walk.shown) {
            walk.shown = share;
            latent = share < 1 ? slerp(walk.from, walk.to, share) : walk.to;
            if (share === 1) {
                seed = (seed + 1) % 2 ** 32;
                element("seed").value = seed;
                Object.assign(walk, {from: walk.to, to: latent_of((seed + 1) % 2 ** 32), began: now, shown: -1});
            }
            show();
        }
        walk.frame = requestAnimationFrame(step);
    };
    walk.frame = requestAnimationFrame(step);
    element("walk").setAttribute("aria-pressed", true);
    say("Walking; press Walk again to stop.");
};

element("seed").addEventListener("change", () => {
    const typed = element("seed").value, number = Number(typed);
    if (typed !== "" && Number.isInteger(number) && number >= 0 && number < 2 ** 32) return begin_at(number), say("");
    say(`A seed is a whole number from 0 to ${2 ** 32 - 1}.`);
    element("seed").value = seed;
});
element("another").addEventListener("click", () => {
    begin_at(crypto.getRandomValues(new Uint32Array(1))[0] % 100000);
    say(`Seed ${seed}.`);
});
element("back").addEventListener("click", () => { begin_at(seed); say(`Back at seed ${seed}.`); });
element("walk").addEventListener("click", () => (walk ? stop_walk() : start_walk()));
element("class").append(...model.classes.map((name) => new Option(name)));
element("class").addEventListener("change", show);
element("class-row").hidden = !model.classes.length;

const measured_speed = (seconds = .3) => {  // pictures a second, drawn one by one
    const began = performance.now();
    let count = 0, passed = 0;
    while (passed < seconds) {
        network(latent_of(count++), model.classes.length ? 0 : undefined);
        passed = (performance.now() - began) / 1000;
    }
    return count / passed;
};
element("card").addEventListener("toggle", () => {
    if (!element("card").open) return;
    element("speed").textContent = `about ${measured_speed().toPrecision(2) * 1} pictures a second in this browser`;
}, {once: true});
