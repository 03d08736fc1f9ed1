"use strict";
// The forward pass of a generator: numbers in, a picture out. A picture lies in memory pixel by pixel, row by row,
// the channels of a pixel side by side, as in TensorFlow.

// Half-precision numbers (IEEE 754 binary16) from base64, little-endian: a sign, five bits of exponent, ten of fraction.
const from_halves = (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float32Array.from({length: bytes.length / 2}, (_, index) => {
        const bits = view.getUint16(2 * index, true);
        const exponent = (bits >> 10) & 31, fraction = bits & 1023;
        const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
        return bits >> 15 ? -size : size;
    });
};

// to += from @ kernel, for one pixel: `wide` numbers of `from` times a matrix (wide, narrow) that begins at `at`.
// Half of what comes out of a ReLU is 0, and a product with 0 need not be taken.
const add_product = (from, first, wide, kernel, at, to, target, narrow) => {
    for (let i = 0; i < wide; i++) {
        const number = from[first + i], row = at + i * narrow;
        if (number !== 0) for (let j = 0; j < narrow; j++) to[target + j] += number * kernel[row + j];
    }
};

// The bias of each channel at every pixel, or 0.
const filled = (pixels, channels, bias) => {
    const result = new Float32Array(pixels * channels);
    if (bias) for (let pixel = 0; pixel < pixels; pixel++) result.set(bias, pixel * channels);
    return result;
};

const ACTIVATIONS = {
    relu: (x) => (x > 0 ? x : 0),
    leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
    elu: (x) => (x > 0 ? x : Math.expm1(x)),
    silu: (x) => x / (1 + Math.exp(-x)),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
};

// What each kind of layer makes of its inputs; the second argument holds its options and weights.
const LAYERS = {
    dense: ([x], {kernel, bias, channels: [wide, narrow]}) => {
        const pixels = x.length / wide, result = filled(pixels, narrow, bias);
        for (let p = 0; p < pixels; p++) add_product(x, p * wide, wide, kernel, 0, result, p * narrow, narrow);
        return result;
    },

    // A kernel lies over a fine picture at every `stride`-th pixel, one place for each pixel of a coarse picture. A
    // convolution gathers from the fine picture into the coarse one; a transposed one spreads from coarse to fine.
    convolution: ([x], {kernel, bias, channels: [wide, narrow], coarse, fine, taps, stride, before, transposed}) => {
        const [height, width] = transposed ? fine : coarse;
        const result = filled(height * width, narrow, bias);
        for (let row = 0; row < coarse[0]; row++) for (let column = 0; column < coarse[1]; column++)
            for (let down = 0; down < taps[0]; down++) for (let across = 0; across < taps[1]; across++) {
                const fine_row = row * stride[0] + down - before[0];
                const fine_column = column * stride[1] + across - before[1];
                if (fine_row < 0 || fine_row >= fine[0] || fine_column < 0 || fine_column >= fine[1]) continue;
                const here = row * coarse[1] + column, there = fine_row * fine[1] + fine_column;
                const [source, target] = transposed ? [here, there] : [there, here];
                const at = (down * taps[1] + across) * wide * narrow;
                add_product(x, source * wide, wide, kernel, at, result, target * narrow, narrow);
            }
        return result;
    },

    // In inference: with the means and variances that the training left.
    batch_norm: ([x], {gamma, beta, mean, variance, epsilon}) => {
        const scale = mean.map((_, c) => (gamma ? gamma[c] : 1) / Math.sqrt(variance[c] + epsilon));
        const shift = mean.map((_, c) => (beta ? beta[c] : 0) - mean[c] * scale[c]);
        return x.map((number, index) => number * scale[index % scale.length] + shift[index % scale.length]);
    },

    activation: ([x], {name, slope}) => x.map((number) => ACTIVATIONS[name](number, slope)),

    upsampling: ([x], {from: [height, width, channels], size: [down, across]}) => {
        const result = new Float32Array(x.length * down * across);
        for (let row = 0, at = 0; row < height * down; row++) for (let column = 0; column < width * across; column++) {
            const pixel = Math.floor(row / down) * width + Math.floor(column / across);
            for (let c = 0; c < channels; c++) result[at++] = x[pixel * channels + c];
        }
        return result;
    },

    embedding: ([label], {table, size}) => table.slice(label * size, (label + 1) * size),

    concatenate: (inputs, {channels}) => {
        const pixels = inputs[0].length / channels[0], total = channels.reduce((a, b) => a + b);
        const result = new Float32Array(pixels * total);
        for (let pixel = 0; pixel < pixels; pixel++) {
            let at = pixel * total;
            inputs.forEach((x, number) => {
                result.set(x.subarray(pixel * channels[number], (pixel + 1) * channels[number]), at);
                at += channels[number];
            });
        }
        return result;
    },

    add: (inputs) => inputs[0].map((_, index) => inputs.reduce((sum, x) => sum + x[index], 0)),
};

// A function from a latent, and a class where there are some, to the picture's numbers in [-1, 1]. Values are counted:
// 0 is the latent, 1 the class where there is one, and each step makes the next.
const make_network = ({steps, output}, halves) => {
    const numbers = from_halves(halves);
    const ready = steps.map(({weights, ...step}) => {
        for (const [name, [first, count]] of Object.entries(weights ?? {}))
            step[name] = numbers.subarray(first, first + count);
        return step;
    });
    return (latent, label) => {
        const values = [Float32Array.from(latent), label].slice(0, label === undefined ? 1 : 2);
        for (const step of ready) values.push(LAYERS[step.kind](step.inputs.map((number) => values[number]), step));
        return values[output];
    };
};
