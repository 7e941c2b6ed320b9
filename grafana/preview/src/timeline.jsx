// The state timeline: what Grafana draws, in plain SVG.
import { formattedValueToString, getFieldDisplayName } from '@grafana/data';
import { TimeAxis } from './axis.jsx';
import { theme } from './grafana.js';

export function Timeline({ data, width, height, timeRange, options }) {
  const from = timeRange.from.valueOf(), to = timeRange.to.valueOf();
  const names = data.series.map((frame) => getFieldDisplayName(frame.fields[1], frame, data.series));
  const left = Math.min(width / 3, 16 + 7 * Math.max(...names.map((n) => n.length))), bottom = 44, w = width - left - 8, line = (height - bottom) / names.length;
  const x = (time) => left + ((time - from) / (to - from)) * w;
  const seen = new Map();
  const bars = data.series.flatMap((frame, row) => {
    const step = (frame.meta?.custom?.step ?? 15) * 1000, [time, value] = frame.fields, runs = [];
    for (let i = 0; i < frame.length; i++) {
      const last = runs.at(-1);
      if (last && last.value === value.values[i] && time.values[i] - last.end <= step) last.end = time.values[i] + step;
      else runs.push({ row, value: value.values[i], begin: time.values[i], end: time.values[i] + step });
    }
    return runs.map((run) => {
      const display = value.display(run.value);
      seen.set(formattedValueToString(display), display.color);
      return { ...run, text: formattedValueToString(display), colour: display.color };
    });
  });
  const thick = line * options.rowHeight;
  let at = left;
  return (
    <svg width={width} height={height} style={{ display: 'block' }}>
      {names.map((name, row) => <text key={row} x={left - 8} y={row * line + line / 2 + 4} fontSize="12" textAnchor="end" fill={theme.colors.text.primary}>{name}</text>)}
      {bars.map((bar, i) => {
        const begin = Math.max(left, x(bar.begin)), end = Math.min(left + w, x(bar.end)), y = bar.row * line + (line - thick) / 2;
        return end > begin && (
          <g key={i}>
            <rect x={begin} y={y} width={end - begin} height={thick} fill={bar.colour} fillOpacity="0.75" />
            {end - begin > 7 * bar.text.length + 8 && thick > 12 && <text x={(begin + end) / 2} y={y + thick / 2 + 4} fontSize="12" textAnchor="middle" fill="#fff">{bar.text}</text>}
          </g>
        );
      })}
      <TimeAxis from={from} to={to} left={left} width={w} y={height - bottom + 16} />
      {[...seen].map(([text, colour]) => {
        const here = at;
        at += 30 + 7 * text.length;
        return <g key={text}><rect x={here} y={height - 14} width="14" height="4" fill={colour} /><text x={here + 20} y={height - 8} fontSize="12" fill={theme.colors.text.primary}>{text}</text></g>;
      })}
    </svg>
  );
}
