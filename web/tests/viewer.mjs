// Who may only look sees everything and is offered nothing that would be refused.
import { tell } from './browser.mjs';

const { key } = JSON.parse(process.env.KEY);
const pages = ['/', '/agents/printer', '/missions', '/inbox', '/calendar', '/events', '/host'];
const actions = /^(Freeze|Resume|Kill|Stop|Start|Wake|Yes|No|Destroy|Delete|Add|New|Ask)\b/;

await tell({ key: null }, async (story) => {
  story.expects(/403/); // what only an admin may see says so
  await story.signIn(key);
  for (const path of pages) {
    await story.go(path);
    const offered = await story.page.getByRole('main').getByRole('button').allTextContents();
    const wrong = offered.filter((text) => actions.test(text));
    if (wrong.length > 0) throw new Error(`${path} offers a viewer: ${wrong.join(', ')}`);
  }
});
