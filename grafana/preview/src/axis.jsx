// A time axis below a drawing.
import { dateTimeFormat } from '@grafana/data';
import { theme } from './grafana.js';

export function TimeAxis({ from, to, left, width, y }) {
  const steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800].map((s) => s * 1000);
  const step = steps.find((s) => (to - from) / s <= width / 70) ?? steps.at(-1);
  const ticks = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) ticks.push(t);
  return ticks.map((t) => (
    <text key={t} x={left + ((t - from) / (to - from)) * width} y={y} fontSize="12" textAnchor="middle" fill={theme.colors.text.secondary}>
      {dateTimeFormat(t, { format: step >= 86400e3 ? 'MM/DD' : 'HH:mm', timeZone: 'utc' })}
    </text>
  ));
}
