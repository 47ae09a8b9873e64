// Starts the page: with the data in it (a report in a file), else with the host around it.

import './style/page.css';
import './style/charts.css';
import './style/views.css';
import { App } from './app';
import { envelope } from './reader';

const app = new App(document.getElementById('app')!);
const inside = document.getElementById('report-data');
if (inside) {
  const report = JSON.parse(inside.textContent ?? '{}') as { locale?: string; answers?: unknown[] };
  const answers = (report.answers ?? []).map(envelope).filter((data) => data !== undefined);
  app.show(answers, report.locale);
} else {
  app.connect().catch((error) => console.warn(error));
}
