// The heat map of the buckets of a histogram: what Grafana draws, in plain SVG.
import { getValueFormat, formattedValueToString } from '@grafana/data';
import { TimeAxis } from './axis.jsx';
import { theme } from './grafana.js';

export function Heatmap({ data, width, height, timeRange, options }) {
  const bucket = (frame) => (frame.fields[1].labels.le === '+Inf' ? Infinity : parseFloat(frame.fields[1].labels.le));
  const rows = [...data.series].sort((a, b) => bucket(a) - bucket(b));
  const from = timeRange.from.valueOf(), to = timeRange.to.valueOf(), step = (rows[0].meta?.custom?.step ?? 15) * 1000;
  const cells = [];
  let most = 0;
  const below = new Map();
  rows.forEach((frame, row) => {
    for (let i = 0; i < frame.length; i++) {
      const time = frame.fields[0].values[i], total = frame.fields[1].values[i];
      const count = total - (below.get(time) ?? 0);
      below.set(time, total);
      if (!(count > options.filterValues.le)) continue;
      most = Math.max(most, count);
      cells.push({ time, row, count });
    }
  });
  const left = 64, legend = 26, bottom = 18 + legend, w = width - left - 8, h = height - bottom - 4, line = h / rows.length;
  const format = getValueFormat(options.yAxis.unit);
  const name = (frame) => (bucket(frame) === Infinity ? '+Inf' : formattedValueToString(format(bucket(frame))));
  const every = Math.ceil(16 / line);
  const tone = (share) => `hsl(212, ${60 + 25 * share}%, ${22 + 66 * share}%)`;
  const colour = (count) => tone((count / most) ** options.color.exponent);
  const x = (time) => left + ((time - from) / (to - from)) * w;
  return (
    <svg width={width} height={height} style={{ display: 'block' }}>
      {rows.map((frame, row) => row % every === 0 && (
        <text key={row} x={left - 6} y={4 + h - row * line - line / 2 + 4} fontSize="12" textAnchor="end" fill={theme.colors.text.secondary}>{name(frame)}</text>
      ))}
      {cells.map(({ time, row, count }) => {
        const begin = Math.max(left, x(time - step)), end = Math.min(left + w, x(time));
        return end > begin && <rect key={time + '/' + row} x={begin} y={4 + h - (row + 1) * line} width={Math.max(1, end - begin - options.cellGap)} height={Math.max(1, line - options.cellGap)} fill={colour(count)} />;
      })}
      <TimeAxis from={from} to={to} left={left} width={w} y={h + 18} />
      {[...Array(60).keys()].map((i) => <rect key={i} x={left + i * 3} y={height - 16} width="3" height="8" fill={tone(i / 59)} />)}
      <text x={left - 6} y={height - 8} fontSize="11" textAnchor="end" fill={theme.colors.text.secondary}>0</text>
      <text x={left + 186} y={height - 8} fontSize="11" fill={theme.colors.text.secondary}>{most.toFixed(1)}</text>
    </svg>
  );
}
