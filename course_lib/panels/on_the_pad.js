// Drawing on a pad by pressing on one cell and moving over others, with mouse, pen or finger.
//
// A stroke switches its cells on, or off if the first one was on. They change on the page at once; Python is told when
// the stroke ends, in a hidden text: "1 on 3 17 18", the number of the stroke, and those of its cells from 0. So the
// picture follows once. A press without a move stays an ordinary click.
(image) => {
    const pad = image.closest(".course-pad");
    const text = pad?.querySelector(".course-stroke input");
    if (!text || !pad.isConnected) return false;

    const cells = () => [...pad.querySelectorAll(".widget-toggle-button")];
    let pressed = null, last = null, turn = null, reached = new Set(), strokes = 0, swallow = false;

    const reach = (x, y) => {
        const cell = document.elementFromPoint(x, y)?.closest(".widget-toggle-button");
        if (!cell || !pad.contains(cell) || reached.has(cell) || (cell === pressed && !reached.size)) return;
        for (const each of [pressed, cell]) {
            reached.add(each);
            each.classList.toggle("mod-active", turn === "on");
            each.classList.toggle("mod-primary", turn === "on");
        }
    };

    const end = () => {
        if (reached.size) {
            const all = cells();
            text.value = [++strokes, turn, ...[...reached].map((cell) => all.indexOf(cell))].join(" ");
            text.dispatchEvent(new Event("input", {bubbles: true}));
            text.dispatchEvent(new Event("change", {bubbles: true}));
            swallow = true;  // back on the first cell, the browser would add a click
            setTimeout(() => (swallow = false), 0);
        }
        pressed = null;
        reached = new Set();
    };

    pad.addEventListener("pointerdown", (event) => {
        const cell = event.target.closest(".widget-toggle-button");
        if (!cell || event.button) return;
        [pressed, last, turn] = [cell, event, cell.classList.contains("mod-active") ? "off" : "on"];
        if (event.target.hasPointerCapture(event.pointerId)) event.target.releasePointerCapture(event.pointerId);
    });
    document.addEventListener("pointermove", (event) => {
        if (!pressed) return;
        const [dx, dy] = [event.clientX - last.clientX, event.clientY - last.clientY];
        const parts = Math.ceil(Math.hypot(dx, dy) / 8) || 1;  // a quick stroke leaves no cell out
        for (let part = 1; part <= parts; part++) {
            reach(last.clientX + (dx * part) / parts, last.clientY + (dy * part) / parts);
        }
        last = event;
    });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => pressed && end());
    pad.addEventListener("click", (event) => swallow && event.stopPropagation(), true);
    for (const cell of cells()) cell.parentElement.style.touchAction = "none";  // a finger draws, and does not scroll
    return true;
}
