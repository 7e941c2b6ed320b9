// What Grafana itself sets up before it draws a dashboard: registries, services, the theme.
import * as data from '@grafana/data';
import { config, setAppEvents, setEchoSrv, setPluginImportUtils, setTemplateSrv } from '@grafana/runtime';

export const theme = data.createTheme({ colors: { mode: 'dark' } });

export function setUp() {
  config.theme2 = theme;
  data.setTimeZoneResolver(() => 'utc');
  const editors = ['text', 'number', 'slider', 'boolean', 'radio', 'select', 'unit', 'links', 'statsPicker', 'strings', 'timeZone', 'fieldColor', 'color', 'multiSelect', 'fieldName', 'dashboard-uid', 'thresholds', 'mappings', 'stats-picker'];
  data.standardEditorsRegistry.setInit(() => editors.map((id) => ({ id, name: id, description: '', editor: () => null })));
  const property = (id, process) => ({
    id, path: id, name: id, description: '', editor: () => null, override: () => null,
    process: process ?? data.identityOverrideProcessor, settings: {}, shouldApply: () => true, category: [],
  });
  data.standardFieldConfigEditorRegistry.setInit(() => [
    property('unit', data.unitOverrideProcessor), property('min', data.numberOverrideProcessor), property('max', data.numberOverrideProcessor),
    property('fieldMinMax', data.booleanOverrideProcessor), property('decimals', data.numberOverrideProcessor),
    property('displayName', data.displayNameOverrideProcessor), property('color'), property('noValue', data.stringOverrideProcessor),
    property('links', data.dataLinksOverrideProcessor), property('mappings', data.valueMappingsOverrideProcessor),
    property('thresholds', data.thresholdsOverrideProcessor), property('filterable', data.booleanOverrideProcessor), property('actions'),
  ]);
  const transformers = new Map(Object.values(data.standardTransformers).map((x) => [x.id, x]));
  data.standardTransformersRegistry.setInit(() => [...transformers.values()].map((x) => ({ id: x.id, name: x.name, transformation: async () => x, editor: () => null })));
  setPluginImportUtils({ importPanelPlugin: async (id) => { throw new Error('there is no panel ' + id); }, getPanelPluginFromCache: () => undefined });
  setTemplateSrv({ replace: (s) => s, getVariables: () => [], containsTemplate: () => false, updateTimeRange() {} });
  setEchoSrv({ flush() {}, addBackend() {}, addEvent() {} });
  setAppEvents(new data.EventBusSrv());
}
