// Draws the dashboard that the address names: /?dashboard=UID&from=now-1h
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import {
  CustomVariable, DataSourceVariable, EmbeddedScene, QueryVariable, SceneControlsSpacer, SceneDataTransformer, SceneGridItem, SceneGridLayout,
  SceneQueryRunner, SceneRefreshPicker, SceneTimePicker, SceneTimeRange, SceneVariableSet, VariableValueSelectors, VizPanel,
} from '@grafana/scenes';
import { setUp, theme } from './grafana.js';
import { registerPanels } from './panels.jsx';
import { ask, fill, setUpPrometheus } from './prometheus.js';

const asked = new URLSearchParams(location.search);
const scrape = +(asked.get('interval') ?? 15);
setUp();
setUpPrometheus(scrape);
registerPanels();

const source = { uid: 'prometheus', type: 'prometheus' };

function variable(v) {
  const common = { name: v.name, label: v.label, value: v.current.value, text: v.current.text, isMulti: v.multi, includeAll: v.includeAll, allValue: v.allValue };
  switch (v.type) {
    case 'query': return new QueryVariable({ ...common, datasource: source, query: v.query, refresh: v.refresh, sort: v.sort });
    case 'datasource': return new DataSourceVariable({ name: v.name, label: v.label, pluginId: 'prometheus', value: 'prometheus', text: 'Prometheus' });
    case 'custom': {
      const value = asked.get(v.name) ?? v.current.value;
      return new CustomVariable({ ...common, value, text: value, query: v.query });
    }
    default: throw new Error('there is no variable of type ' + v.type);
  }
}

function panel(p) {
  let data;
  if (p.targets) {
    data = new SceneQueryRunner({ datasource: source, queries: p.targets.map((t) => ({ ...t, datasource: source })), maxDataPoints: p.maxDataPoints, minInterval: p.interval });
    if (p.transformations) data = new SceneDataTransformer({ $data: data, transformations: p.transformations });
  }
  const fieldConfig = p.fieldConfig ?? { defaults: {}, overrides: [] };
  // Grafana takes a missing first value of thresholds for everything below.
  for (const step of fieldConfig.defaults.thresholds?.steps ?? []) step.value ??= -Infinity;
  for (const property of fieldConfig.overrides.flatMap((o) => o.properties)) {
    for (const step of (property.id === 'thresholds' && property.value.steps) || []) step.value ??= -Infinity;
  }
  return new VizPanel({ key: 'panel-' + p.id, pluginId: p.type, title: p.title, description: p.description, options: p.options ?? {}, fieldConfig, $data: data, displayMode: p.type === 'row' ? 'transparent' : 'default' });
}

const dashboard = await (await fetch(`/dashboards/${asked.get('dashboard')}.json`)).json();
const scene = new EmbeddedScene({
  $timeRange: new SceneTimeRange({ from: asked.get('from') ?? dashboard.time.from, to: dashboard.time.to, timeZone: 'utc' }),
  $variables: new SceneVariableSet({ variables: dashboard.templating.list.map(variable) }),
  controls: [new VariableValueSelectors({}), new SceneControlsSpacer(), new SceneTimePicker({}), new SceneRefreshPicker({})],
  body: new SceneGridLayout({
    isLazy: false,
    children: dashboard.panels.map((p) => new SceneGridItem({ x: p.gridPos.x, y: p.gridPos.y, width: p.gridPos.w, height: p.gridPos.h, body: panel(p) })),
  }),
});
window.scene = scene;
const deepest = Math.max(...dashboard.panels.map((p) => p.gridPos.y + p.gridPos.h));
window.dashboardHeight = deepest * 38 + 90;

function App() {
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionSidebarOpen={false} />
      <MemoryRouter>
        <div style={{ padding: 16, minHeight: '100vh', background: theme.colors.background.canvas, display: 'flex' }}><scene.Component model={scene} /></div>
      </MemoryRouter>
    </ThemeContext.Provider>
  );
}

// What happened, before anything is drawn, so that each curve can mark it.
scene.activate();
const range = scene.state.$timeRange.state.value;
const begin = Math.floor(range.from.valueOf() / 1000), end = Math.floor(range.to.valueOf() / 1000);
const step = Math.max(60, Math.ceil((end - begin) / 100)); // Grafana asks for a hundred points.
const events = await Promise.all(dashboard.annotations.list.map(async (a) => {
  const query = fill(scene, a.expr.replace(/\$job|\$instance/g, '.*'), step, range, scrape);
  const { result } = await ask('query_range', { query, start: begin, end, step });
  return result.flatMap((s) => s.values.filter((v, i) => i === 0 || v[0] - s.values[i - 1][0] > step).map((v) => ({ time: v[0] * 1000, color: a.iconColor })));
}));
window.annotations = events.flat();
createRoot(document.getElementById('root')).render(<App />);

// It is drawn when nothing has been asked for two seconds and all is answered.
let quiet = 0, before = 0;
const watching = setInterval(() => {
  quiet = window.asked && window.asked === window.answered && window.asked === before ? quiet + 1 : 0;
  before = window.asked;
  if (quiet >= 8) {
    window.drawn = true;
    clearInterval(watching);
  }
}, 250);
