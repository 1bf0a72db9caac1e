// Every page of a fleet at work, in both themes and on a phone: nothing scrolls sideways, axe finds nothing serious.
import { lazaretJson, tell } from './browser.mjs';

const { cells } = await lazaretJson('mission', 'ls');
const mission = `/missions/${cells.find((cell) => cell.tasks > 0).cell_id}`;
const pages = {
  fleet: '/',
  agent: '/agents/printer',
  'agent-log': '/agents/printer?tab=log',
  'agent-attempts': '/agents/crasher?tab=attempts',
  missions: '/missions',
  'mission-graph': mission,
  'mission-board': `${mission}?view=board`,
  'mission-timeline': `${mission}?view=timeline`,
  'mission-task': `${mission}?task=t2`,
  inbox: '/inbox',
  calendar: '/calendar',
  events: '/events',
  host: '/host',
  connect: '/connect',
  lost: '/nonsense',
};

for (const [size, theme] of [
  ['desk', 'light'],
  ['desk', 'dark'],
  ['phone', 'light'],
]) {
  await tell({ size, theme }, async (story) => {
    story.expects(/404.*nonsense/);
    for (const [name, path] of Object.entries(pages)) {
      await story.go(path);
      await story.fits(`${name} (${size})`);
      await story.accessible(`${name}, ${theme}, ${size}`);
      await story.shot(`${name}-${theme}-${size}`);
    }
  });
}
