import { lang } from '../store/view.ts';
import { desk } from './deskwords.ts';
import { optionName } from './options.ts';
import { stateName } from './things.ts';
import { forms } from './store.ts';

/** What was done last, as a problem tells it: "moved/assigned", "recorded/extension", "corrected". */
export function actionText(action: string): string {
  const w = desk.value;
  const [verb = '', what = ''] = action.split('/');
  if (verb === 'moved') return stateName('problems', what, lang.value);
  const kind = forms.value?.records.find((k) => k.of === 'problem' && k.code === what);
  if (kind) return optionName([kind], what);
  const verbs: Record<string, string> = w.verbs;
  return verbs[verb] ?? verb;
}
