// What the browser does for one panel; false until it stands on the page. Python's side is front_end.py.
(image) => {
    const set = (element, name, value) => {  // a change that is none would call the observer for ever
        if (element && value && element.getAttribute(name) !== value) element.setAttribute(name, value);
    };

    // JupyterLab 4 and Notebook 7 leave keys to an element so marked; they ask what has the focus before what is around.
    const keep_keys = (panel) => {
        const takes_keys = "button, select, input, textarea, summary, a, canvas, [tabindex], [contenteditable]";
        for (const each of [panel, ...panel.querySelectorAll(takes_keys)]) {
            set(each, "data-lm-suppress-shortcuts", "true");
        }
    };

    // The way out: Escape, or a click elsewhere, where JupyterLab would leave the focus in the panel and so be deaf.
    const give_way = (panel) => {
        panel.addEventListener("keydown", (event) => {
            event.stopPropagation();  // other front ends listen further out
            if (event.key === "Escape") panel.closest(".jp-Cell")?.focus();
        });
        const clicked = (event) => {
            if (!panel.isConnected) document.removeEventListener("mousedown", clicked, true);
            else if (panel.contains(document.activeElement) && !panel.contains(event.target)) {
                event.target.closest(".jp-Cell")?.focus();
            }
        };
        document.addEventListener("mousedown", clicked, true);
    };

    // Sliders and the numbers beside them get the names that stand before them; what is spoken is what is seen.
    const name_controls = (panel) => {
        for (const readout of panel.querySelectorAll(".widget-readout")) {
            const whole = readout.parentElement;
            const label = whole.querySelector(".widget-label")?.textContent.trim();
            for (const handle of whole.querySelectorAll("[role=slider], .ui-slider-handle")) {
                set(handle, "role", "slider");  // which ipywidgets 7 leaves out
                set(handle, "aria-label", label);
                set(handle, "aria-valuetext", readout.textContent.trim());
            }
            if (readout.isContentEditable) {
                set(readout, "role", "textbox");
                set(readout, "aria-label", `${label}, in digits`);
            }
        }
        for (const bare of panel.querySelectorAll("button[title]")) {  // a field of a board, without a text
            if (!bare.textContent.trim()) set(bare, "aria-label", bare.title);
        }
        for (const spoken of panel.querySelectorAll(".course-spoken")) set(spoken, "aria-live", "polite");
    };

    // A button that is switched off while it has the focus would leave the keyboard nowhere.
    const hand_on_focus = (panel) => {
        const focused = document.activeElement;
        if (focused?.disabled && panel.contains(focused)) {
            panel.querySelector("button:not(:disabled, .course-beat)")?.focus();
        }
    };

    // A board of buttons is one stop of the Tab key; arrows, Home and End go about in it.
    const boards = (panel) =>
        [...panel.querySelectorAll(".course-fields")].map((board) => [...board.querySelectorAll("button")]);
    const one_stop = (panel) => {
        for (const fields of boards(panel)) {
            const focused = fields.find((each) => each === document.activeElement);
            const here = focused || fields.find((each) => each.tabIndex === 0) || fields[0];
            for (const each of fields) set(each, "tabindex", each === here ? "0" : "-1");
        }
    };
    const go_about = (panel) => {
        panel.addEventListener("focusin", () => one_stop(panel));
        panel.addEventListener("keydown", (event) => {
            const fields = boards(panel).find((each) => each.includes(event.target));
            if (!fields || event.ctrlKey || event.altKey || event.metaKey) return;
            const columns = fields.filter((each) => each.offsetTop === fields[0].offsetTop).length;
            const at = fields.indexOf(event.target), column = at % columns;
            const to = {
                ArrowLeft: column ? at - 1 : at,
                ArrowRight: column + 1 < columns ? at + 1 : at,
                ArrowUp: at - columns,
                ArrowDown: at + columns,
                Home: 0,
                End: fields.length - 1,
            }[event.key];
            if (to === undefined) return;
            event.preventDefault();  // the page stays where it is
            fields[to]?.focus();
        });
    };

    // Where each click answers another question, the second of a double click and the repeats of a key held down answer
    // what nobody has seen yet.
    const one_by_one = (panel) => {
        let last = -Infinity;
        panel.addEventListener("click", (event) => {
            if (!event.target.closest(".course-one-by-one")) return;
            if (event.timeStamp - last < 300) event.stopImmediatePropagation();
            last = event.timeStamp;
        }, true);
    };

    // The still picture, for readers without a kernel, is folded once for each time that it is displayed.
    const fold_still = (panel) => {
        for (const still of document.querySelectorAll(`.course-still-${image.dataset.panel}`)) {
            if (!still.dataset.folded) still.removeAttribute("open");
            still.dataset.folded = "true";
        }
    };

    // While a panel plays its beat is a button that is switched on and says how many pictures there were and how many
    // milliseconds to leave between two. A press asks for the next, so never more than one is under way.
    let answered = null, pressed = 0, timer = null;
    const keep_time = (panel) => {
        const beat = panel.querySelector(".course-beat");
        if (!beat || beat.disabled) {
            clearTimeout(timer);
            answered = timer = null;
        } else if (timer === null && beat.textContent !== answered) {
            const pause = Number(beat.textContent.split(" ")[1]);
            timer = setTimeout(() => {
                timer = null;
                answered = beat.textContent;
                pressed = performance.now();
                if (panel.isConnected) beat.click();
            }, Math.max(0, pressed + pause - performance.now()));
        }
    };

    const tend = (panel) => {
        set(panel, "role", "group");
        set(panel, "aria-label", image.dataset.name);
        const always = [keep_keys, name_controls, one_stop, hand_on_focus, fold_still, keep_time];
        const look = () => always.forEach((each) => each(panel));
        const watched = {subtree: true, childList: true, characterData: true, attributes: true};
        new MutationObserver(look).observe(panel, {...watched, attributeFilter: ["aria-valuetext", "disabled"]});
        const again = setInterval(() => (panel.isConnected ? look() : clearInterval(again)), 500);
        [give_way, go_about, one_by_one].forEach((each) => each(panel));
        look();
    };

    const panel = image.closest(".course-panel");
    if (panel?.isConnected) tend(panel);
    return panel?.isConnected;
}
