// A data source that asks Prometheus as Grafana's own does, as far as the dashboards need it.
import { catchError, from, map, of } from 'rxjs';
import { FieldType, LoadingState, toDataFrame } from '@grafana/data';
import { setDataSourceSrv, setRunRequest } from '@grafana/runtime';
import { RuntimeDataSource, sceneGraph, sceneUtils } from '@grafana/scenes';

export async function ask(path, parameters) {
  const response = await fetch('/prometheus/api/v1/' + path + '?' + new URLSearchParams(parameters));
  const answer = await response.json();
  if (answer.status !== 'success') throw new Error(`${answer.error ?? response.status}: ${parameters.query ?? path}`);
  return answer.data;
}

// Grafana's server sends what is no number as null.
const number = (text) => (text === 'NaN' ? null : text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : parseFloat(text));

function legend(format, labels) {
  if (format) return format.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, label) => labels[label] ?? '');
  const { __name__, ...rest } = labels;
  return (__name__ ?? '') + JSON.stringify(rest);
}

const joined = (value) => (Array.isArray(value) ? (value.length > 1 ? '(' + value.join('|') + ')' : value[0]) : value);

// fill replaces the variables. scrape is how often Prometheus scrapes, in seconds.
export function fill(object, expression, step, range, scrape) {
  const span = Math.round((range.to.valueOf() - range.from.valueOf()) / 1000);
  const variables = { __rate_interval: { value: Math.max(step + scrape, 4 * scrape) + 's' }, __interval: { value: step + 's' }, __range: { value: span + 's' } };
  return sceneGraph.interpolate(object, expression, variables, joined);
}

class Prometheus extends RuntimeDataSource {
  constructor(scrape) {
    super('prometheus', 'prometheus');
    this.scrape = scrape;
  }

  query(request) {
    window.asked = (window.asked ?? 0) + 1;
    const done = () => { window.answered = (window.answered ?? 0) + 1; };
    return from(Promise.all(request.targets.map((t) => this.target(request, t))).finally(done))
      .pipe(map((frames) => ({ data: frames.flat(), state: LoadingState.Done })));
  }

  async target(request, target) {
    const step = Math.max(1, this.scrape, Math.ceil((request.intervalMs || 15000) / 1000));
    const object = request.scopedVars.__sceneObject?.value?.valueOf?.() ?? request.scopedVars.__sceneObject?.value;
    const query = fill(object, target.expr, step, request.range, this.scrape);
    const end = Math.floor(request.range.to.valueOf() / 1000), start = Math.floor(request.range.from.valueOf() / 1000);
    const named = (labels) => ({ displayNameFromDS: legend(target.legendFormat, labels) });
    if (!target.instant) {
      const { result } = await ask('query_range', { query, start: Math.floor(start / step) * step, end, step });
      return result.map((s) => toDataFrame({
        refId: target.refId, name: legend(target.legendFormat, s.metric), meta: { custom: { step } },
        fields: [
          { name: 'Time', type: FieldType.time, values: s.values.map((v) => v[0] * 1000), config: { interval: step * 1000 } },
          { name: 'Value', type: FieldType.number, labels: s.metric, config: named(s.metric), values: s.values.map((v) => number(v[1])) },
        ],
      }));
    }
    const { result } = await ask('query', { query, time: end });
    if (target.format !== 'table') {
      return result.map((s) => toDataFrame({
        refId: target.refId, name: legend(target.legendFormat, s.metric),
        fields: [
          { name: 'Time', type: FieldType.time, values: [s.value[0] * 1000] },
          { name: 'Value', type: FieldType.number, labels: s.metric, config: named(s.metric), values: [number(s.value[1])] },
        ],
      }));
    }
    const labels = [...new Set(result.flatMap((s) => Object.keys(s.metric)))];
    return [toDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: result.map((s) => s.value[0] * 1000) },
        ...labels.map((label) => ({ name: label, type: FieldType.string, values: result.map((s) => s.metric[label] ?? '') })),
        { name: request.targets.length > 1 ? 'Value #' + target.refId : 'Value', type: FieldType.number, values: result.map((s) => number(s.value[1])) },
      ],
    })];
  }

  async metricFindQuery(query) {
    const found = /^label_values\((?:(.*),\s*)?(\w+)\)$/.exec((query.query ?? query).trim());
    const selector = found[1] && sceneGraph.interpolate(window.scene, found[1], {}, joined);
    return (await ask(`label/${found[2]}/values`, selector ? { 'match[]': selector } : {})).map((text) => ({ text }));
  }

  async testDatasource() {
    return { status: 'success' };
  }
}

export function setUpPrometheus(scrape) {
  const source = new Prometheus(scrape);
  source.meta = { id: 'prometheus', info: { logos: {} } };
  sceneUtils.registerRuntimeDataSource({ dataSource: source });
  const settings = { uid: 'prometheus', name: 'Prometheus', type: 'prometheus', meta: source.meta, readOnly: true };
  setDataSourceSrv({ get: async () => source, getList: () => [settings], getInstanceSettings: () => settings, registerRuntimeDataSource() {}, reload() {} });
  setRunRequest((datasource, request) => {
    const answers = datasource.query(request);
    return (answers.subscribe ? answers : from(answers)).pipe(
      map((r) => ({ state: r.state ?? LoadingState.Done, series: r.data.map((d) => toDataFrame(d)), annotations: [], request, timeRange: request.range, errors: r.errors })),
      catchError((error) => {
        console.error(String(error));
        return of({ state: LoadingState.Error, series: [], error: { message: String(error) }, errors: [{ message: String(error) }], timeRange: request.range, request });
      }));
  });
}
