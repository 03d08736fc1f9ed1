// What the browser does for a panel whose buttons answer to keys; false until it stands on the page.
(image) => {
    // A button of the class course-key-ArrowLeft is pressed by that key wherever the focus is in the panel, and by the
    // space bar where that would press no other button. After an answer the focus goes to the space bar's button, so
    // that the next space means the same whatever was pressed before.
    // A field that the arrow keys move keeps them.
    const moved_by_keys = "select, input, textarea, audio, [role=slider], .ui-slider-handle, [contenteditable=true]";
    const keyed = (panel) => [...panel.querySelectorAll("[class*=course-key-]")];
    const key_of = (button) => button.className.match(/course-key-(\w+)/)[1];

    const press = (panel) => {
        panel.addEventListener("keydown", (event) => {
            if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
            if (event.code === "Space" && event.target.closest("button, summary, select, input")) return;
            if (event.target.closest(moved_by_keys)) return;
            const button = keyed(panel).find((each) => key_of(each) === event.code);
            if (!button) return;
            event.preventDefault();  // the page stays where it is
            button.click();
        });
        panel.addEventListener("click", (event) => {
            if (event.target.closest("[class*=course-key-]")) {
                keyed(panel).find((each) => key_of(each) === "Space")?.focus();
            }
        });
        for (const each of keyed(panel)) each.setAttribute("aria-keyshortcuts", key_of(each));
    };

    const panel = image.closest(".course-panel");
    const ready = panel?.isConnected && keyed(panel).length > 0;
    if (ready) press(panel);
    return ready;
}
