// Draws the charts that the server described as ECharts options (JSON), in the colours of the page.
// Loaded only where a chart is.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const charts = new Map();

// A token is a pair of colours; a probe tells which of the two holds now.
function tokens() {
  const probe = document.body.appendChild(document.createElement("i"));
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["text", "text-2", "border", "bg", "link", "success", "warning", "danger", "accent"];
  const result = Object.fromEntries(names.map((name) => [name, colour(name)]));
  probe.remove();
  return { ...result, font: getComputedStyle(document.body).fontFamily };
}

function theme() {
  const token = tokens();
  const text = { color: token["text-2"], fontFamily: token.font, fontSize: 12 };
  const axis = {
    axisLine: { lineStyle: { color: token.border } },
    axisTick: { show: false },
    axisLabel: { ...text, hideOverlap: true },
    splitLine: { lineStyle: { color: token.border } },
    nameTextStyle: text,
  };
  const line = { symbol: "circle", symbolSize: 6, showSymbol: false, lineStyle: { width: 1.5 }, connectNulls: false };
  return {
    color: [token.link, token.success, token.warning, token.accent, token.danger],
    backgroundColor: "transparent",
    textStyle: text,
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false }, splitNumber: 4, min: 0 },
    line,
    bar: { barMaxWidth: 24, itemStyle: { borderRadius: [2, 2, 0, 0] } },
    legend: { textStyle: text, icon: "roundRect", itemWidth: 12, itemHeight: 3 },
    tooltip: {
      backgroundColor: token.bg,
      borderColor: token.border,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { ...text, color: token.text, fontSize: 13 },
      axisPointer: { lineStyle: { color: token["text-2"], type: "dashed" }, shadowStyle: { opacity: 0.06 } },
    },
  };
}

// Figures read as in the tables: the page's language decides the separators.
function number(value) {
  return value == null || value === "-" ? "–" : new Intl.NumberFormat(document.documentElement.lang).format(value);
}

function compact(value) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 2 });
  return format.format(value);
}

function complete(element, options) {
  const description = element.getAttribute("aria-label");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const axes = [].concat(options.yAxis ?? []).map((axis) => ({ ...axis, axisLabel: { formatter: compact, ...axis.axisLabel } }));
  return {
    animation: !still,
    animationDuration: 160,
    animationDurationUpdate: 160,
    // The page says in its own language what the chart shows; the library would say it in English.
    aria: { enabled: true, label: { enabled: !!description, description } },
    grid: { left: 0, right: 8, top: options.legend ? 32 : 12, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    ...options,
    ...(axes.length && { yAxis: axes }),
    tooltip: { trigger: "axis", confine: true, valueFormatter: number, ...options.tooltip },
  };
}

function draw(element) {
  const entry = charts.get(element);
  entry.chart?.dispose();
  entry.chart = init(element, theme(), { renderer: "svg" });
  // Series whose colour means something name a token.
  const token = tokens();
  const { color, ...options } = entry.options;
  entry.chart.setOption({ ...options, ...(color && { color: color.map((name) => token[name] ?? name) }) });
}

/**
 * Draws `options` into `element`, or redraws it. The element's own height holds.
 * @param {HTMLElement} element
 * @param {object} options ECharts options; colours and fonts come from the page
 */
export function render(element, options) {
  const known = charts.get(element);
  charts.set(element, { ...known, options: complete(element, options) });
  if (!known) new ResizeObserver(() => charts.get(element).chart?.resize()).observe(element);
  draw(element);
}

const redraw = () => charts.forEach((_, element) => draw(element));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
