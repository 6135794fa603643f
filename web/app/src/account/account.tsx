import './account.css';

// What comes when the account is asked for: the second step of signing in, and the page of one's own account.
export { AccountBoxes } from './boxes.tsx';
export { SecondStep } from './secondstep.tsx';
