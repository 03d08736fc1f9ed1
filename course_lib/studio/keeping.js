"use strict";
// What a visitor keeps: judgements, in the browser's own memory, and files.

const PLACE = `judgements ${model.digest}`;  // pages from one disk may share a browser's memory
let judgements = [];  // {seed, label, class, latent, liked}
let is_kept = true;

const keep = () => {
    try {
        localStorage.setItem(PLACE, JSON.stringify(judgements));
    } catch {  // forbidden, or full
        is_kept = false;
    }
};
try {
    const found = JSON.parse(localStorage.getItem(PLACE));
    if (Array.isArray(found)) judgements = found.filter((each) => Array.isArray(each?.latent) && "liked" in each);
} catch {  // forbidden, or not ours
    judgements = [];
}
keep();

// Pictures are told apart by what they are drawn from; four decimals move no pixel.
const judged = () => ({label: label() ?? null, latent: Array.from(latent, (number) => Number(number.toFixed(4)))});
const same = (one, other) => one.label === other.label && one.latent.join() === other.latent.join();

const show_judgement = () => {
    const now = judged(), found = judgements.find((each) => same(each, now));
    element("like").setAttribute("aria-pressed", found?.liked === true);
    element("dislike").setAttribute("aria-pressed", found?.liked === false);
    const liked = judgements.filter((each) => each.liked).length;
    const where = is_kept ? "They are kept in this browser and nowhere else."
        : "This browser keeps nothing for this page: export them before you close it.";
    element("kept").textContent = judgements.length
        ? `Your judgements: ${liked} liked, ${judgements.length - liked} not. ${where}`
        : `You have judged no picture yet.${is_kept ? "" : ` ${where}`}`;
    element("export").disabled = element("forget").disabled = !judgements.length;
};

const judge = (liked) => {
    stop_walk();
    const now = judged(), found = judgements.find((each) => same(each, now));
    judgements = judgements.filter((each) => each !== found);
    const is_new = found?.liked !== liked;  // pressed again, it is taken back
    if (is_new) judgements.push({seed, class: model.classes[label()] ?? null, ...now, liked});
    keep();
    show_judgement();
    say(!is_new ? "Taken back." : liked ? "You like it." : "You do not like it.");
};
element("like").addEventListener("click", () => judge(true));
element("dislike").addEventListener("click", () => judge(false));
element("forget").addEventListener("click", () => {
    judgements = [];
    keep();
    show_judgement();
    say("Your judgements are forgotten.");
    element("like").focus();  // the button that was pressed sleeps now
});

const hand_over = (blob, name) => {
    const link = document.createElement("a");
    Object.assign(link, {href: URL.createObjectURL(blob), download: name});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    say(`${name} goes to your downloads.`);
};

element("export").addEventListener("click", () => {
    const {title, digest} = model;
    const text = JSON.stringify({page: title, weights: digest, judgements}, null, 1);
    hand_over(new Blob([text], {type: "application/json"}), "judgements.json");
});

// CRC-32 as PNG has it (ISO 3309), bit by bit: it is asked for a few hundred bytes.
const crc = (bytes) => {
    let rest = -1;
    for (const byte of bytes) {
        rest ^= byte;
        for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
    }
    return ~rest >>> 0;
};

// A PNG file with one more text chunk, right after its header; the course's notebooks read the latent from it.
const with_text = (png, key, text) => {
    const inside = new TextEncoder().encode(`tEXt${key}\0${text}`);
    const chunk = new Uint8Array(inside.length + 8), view = new DataView(chunk.buffer);
    view.setUint32(0, inside.length - 4);
    chunk.set(inside, 4);
    view.setUint32(inside.length + 4, crc(inside));
    return new Blob([png.slice(0, 33), chunk, png.slice(33)], {type: "image/png"});
};

element("download").addEventListener("click", () => {
    stop_walk();
    const large = document.createElement("canvas");
    paint(large, pixels_of(latent, label()), scale_for(SIDE));
    const remembered = JSON.stringify({latent: Array.from(latent), label: label() ?? null});
    large.toBlob(async (blob) => {
        const png = new Uint8Array(await blob.arrayBuffer());
        const with_latent = await with_text(png, "GAN latent", remembered);
        const both = new Uint8Array(await with_latent.arrayBuffer());
        hand_over(with_text(both, "Comment", MADE_BY), `made-by-a-network-seed-${seed}.png`);
    });
});

show();  // the first picture, now that all is there
