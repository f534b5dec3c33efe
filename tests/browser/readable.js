/* What can be measured of a page without a library: returns one line per thing wrong. */
() => {
  const wrong = new Set();
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (f, g) => ({
    r: f.r * f.a + g.r * (1 - f.a),
    g: f.g * f.a + g.g * (1 - f.a),
    b: f.b * f.a + g.b * (1 - f.a),
    a: 1,
  });
  const channel = (v) => {
    v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  const light = (c) => 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
  const ground = (element) => {
    const layers = [];
    for (let node = element; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), { r: 255, g: 255, b: 255, a: 1 });
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (
      !texts.currentNode.data.trim() ||
      !element.checkVisibility() ||
      element.closest("[disabled], [aria-disabled=true], script")
    )
      continue;
    const style = getComputedStyle(element);
    const behind = ground(element);
    const [high, low] = [
      light(over(parse(element.ownerSVGElement ? style.fill : style.color), behind)),
      light(behind),
    ].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) wrong.add(`contrast ${ratio.toFixed(2)}: ${element.tagName}.${element.className}`);
  }

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => wrong.add(`id twice: ${id}`));
  document.querySelectorAll("input:not([type=hidden], [type=submit]), select, textarea").forEach((field) => {
    if (!field.labels.length && !field.matches("[aria-label], [aria-labelledby]")) wrong.add(`no label: ${field.name}`);
  });
  document.querySelectorAll("button, a[href]").forEach((element) => {
    if (element.checkVisibility() && !element.textContent.trim() && !element.ariaLabel)
      wrong.add(`no name: ${element.outerHTML.slice(0, 60)}`);
  });
  if (document.querySelectorAll("h1").length !== 1) wrong.add("not one h1");
  if (document.documentElement.scrollWidth > window.innerWidth)
    wrong.add(`scrolls sideways: ${document.documentElement.scrollWidth}`);
  return [...wrong].sort();
};
