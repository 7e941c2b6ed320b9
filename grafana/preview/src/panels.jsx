// The panels of Grafana that live in Grafana itself, put together from the parts that its libraries have.
import { getFieldDisplayValues, getDisplayProcessor, PanelPlugin, renderMarkdown, VizOrientation } from '@grafana/data';
import { BarGauge, BigValue, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import { sceneUtils } from '@grafana/scenes';
import { theme } from './grafana.js';
import { Heatmap } from './heatmap.jsx';
import { Timeline } from './timeline.jsx';

// custom declares settings of fields with what they are where the dashboard does not say.
const custom = (settings) => (builder) => {
  for (const [path, defaultValue] of Object.entries(settings)) {
    builder.addCustomEditor({ id: path, path, name: path, editor: () => null, override: () => null, process: (v) => v, shouldApply: () => true, defaultValue });
  }
};

function register(id, component, settings, colour = 'thresholds') {
  const plugin = new PanelPlugin(component);
  plugin.meta = { id, name: id, info: { logos: {}, version: '' }, module: '', baseUrl: '', type: 'panel', sort: 0 };
  plugin.useFieldConfig({
    ...(settings ? { useCustomConfig: custom(settings) } : {}),
    standardOptions: {
      thresholds: { defaultValue: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] } },
      color: { defaultValue: { mode: colour } },
      mappings: { defaultValue: [] },
    },
  });
  sceneUtils.registerRuntimePanelPlugin({ pluginId: id, plugin });
}

const nothing = (p) => <div style={{ width: p.width, height: p.height, display: 'flex', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary }}>{p.fieldConfig.defaults.noValue ?? 'No data'}</div>;

// marked are the charts that draw annotations already.
const marked = new WeakSet();

function Curves(p) {
  if (!p.data.series.length) return nothing(p);
  return (
    <TimeSeries frames={p.data.series} structureRev={p.data.structureRev} width={p.width} height={p.height} timeRange={p.timeRange} timeZone="utc" legend={p.options.legend} options={p.options}>
      {(chart) => {
        if (!marked.has(chart)) {
          marked.add(chart);
          chart.addHook('draw', (u) => {
            for (const { time, color } of window.annotations ?? []) {
              const x = Math.round(u.valToPos(time, 'x', true));
              if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
              u.ctx.save();
              u.ctx.strokeStyle = theme.visualization.getColorByName(color);
              u.ctx.setLineDash([5, 5]);
              u.ctx.beginPath();
              u.ctx.moveTo(x, u.bbox.top);
              u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
              u.ctx.stroke();
              u.ctx.restore();
            }
          });
        }
        return null;
      }}
    </TimeSeries>
  );
}

const values = (p) => getFieldDisplayValues({ fieldConfig: p.fieldConfig, reduceOptions: p.options.reduceOptions, replaceVariables: p.replaceVariables, theme, data: p.data.series, timeZone: 'utc', sparkline: false });

const repeated = (draw) => (p) => <VizRepeater getValues={() => values(p)} renderValue={(r) => draw(p, r)} width={p.width} height={p.height} source={p.data} itemSpacing={3} renderCounter={p.renderCounter} orientation={p.options.orientation ?? VizOrientation.Auto} autoGrid getAlignmentFactors={alignment} />;

// alignment makes the names and numbers of all bars as wide as the widest.
function alignment(list) {
  const widest = (text) => list.reduce((longest, v) => ((text(v.display) ?? '').length > longest.length ? text(v.display) : longest), '');
  return { title: widest((d) => d.title), text: widest((d) => d.text + (d.suffix ?? '')) };
}

function Bars(p) {
  if (!p.data.series.length) return nothing(p);
  return repeated((p, { value, width, height, orientation, count, alignmentFactors }) => (
    <BarGauge value={value.display} field={value.field} width={width} height={height} orientation={orientation} theme={theme} alignmentFactors={alignmentFactors}
      display={value.view?.getFieldDisplayProcessor?.(value.colIndex) ?? getDisplayProcessor({ field: { config: value.field, type: 'number' }, theme })}
      displayMode={p.options.displayMode} valueDisplayMode={p.options.valueMode} namePlacement={p.options.namePlacement} showUnfilled={p.options.showUnfilled} itemSpacing={8} lcdCellWidth={12} text={p.options.text} />
  ))(p);
}

export function registerPanels() {
  register('timeseries', Curves, {
    drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', showPoints: 'auto', pointSize: 5, spanNulls: false,
    stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', scaleDistribution: { type: 'linear' }, hideFrom: { tooltip: false, viz: false, legend: false },
    thresholdsStyle: { mode: 'off' }, barAlignment: 0, barWidthFactor: 0.6, axisColorMode: 'text', axisBorderShow: false, lineStyle: undefined, axisCenteredZero: false,
    axisSoftMin: undefined, axisSoftMax: undefined, transform: undefined,
  }, 'palette-classic');
  register('stat', repeated((p, { value, width, height, count }) => (
    <BigValue value={value.display} text={p.options.text} count={count} colorMode={p.options.colorMode} graphMode={p.options.graphMode} justifyMode={p.options.justifyMode} textMode={p.options.textMode} width={width} height={height} theme={theme} />
  )));
  register('bargauge', Bars);
  register('table', (p) => (p.data.series[0]?.length ? <Table data={p.data.series[0]} width={p.width} height={p.height} /> : nothing(p)), { align: 'auto', width: undefined, minWidth: 150, cellOptions: { type: 'auto' }, filterable: false });
  register('text', (p) => <div className="markdown-html" style={{ padding: 8 }} dangerouslySetInnerHTML={{ __html: renderMarkdown(p.options.content ?? '') }} />);
  register('heatmap', (p) => (p.data.series.length ? <Heatmap {...p} /> : nothing(p)), { scaleDistribution: { type: 'linear' } });
  register('state-timeline', (p) => (p.data.series.length ? <Timeline {...p} /> : nothing(p)), { fillOpacity: 70, lineWidth: 0, spanNulls: false });
  register('row', () => null);
}
