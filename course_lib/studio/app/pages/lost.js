// Says what to do when the kernel behind the page is gone, which ends when nothing was done for long, and could die;
// and lets it go, for the next visitor, when the page is left.
(() => {
  const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const lost = document.getElementById("lost");
  const told = text => {
    lost.replaceChildren(text + " ");
    const again = document.createElement("button");
    again.textContent = "Open the studio again";
    again.addEventListener("click", () => location.reload());
    lost.append(again);
    lost.hidden = false;
  };
  const look = async () => {
    try {
      const answer = await fetch(`${config.baseUrl}api/kernels/${config.kernelId}`, { cache: "no-store" });
      if (answer.status === 404) {
        clearInterval(beat);
        told("Your studio has been closed: nothing was done in it for a while, or something in it broke. What the page still shows can be saved.");
      } else lost.hidden = true;
    } catch {
      told("The studio does not answer: the network is down, or the studio has closed for today.");
    }
  };
  const beat = setInterval(look, 5000);
  addEventListener("pagehide", () => navigator.sendBeacon(`${config.baseUrl}voila/api/shutdown/${config.kernelId}`));
  document.addEventListener("visibilitychange", () => document.hidden || look());
})();
