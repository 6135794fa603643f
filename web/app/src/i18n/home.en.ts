import type { HomeWords } from './home.zh.ts';

/** Words of the first page in English. */
export const homeEn: HomeWords = {
  skip: 'Skip to content',
  title: (district) => `Land clearing in ${district}, on one map`,
  here: 'Here are ',
  areas: (n) => `${n} areas`,
  parcels: (n) => `${n} parcels`,
  projects: (n) => `${n} major projects`,
  between: ', ',
  end: '.',
  nothing: 'There are no published areas or parcels here yet; sign in to import data.',
  demo: 'This is a demonstration; all data are invented. Pages that need an account take the demo accounts of the sign-in page.',
  asOf: (moment) => `Data as of ${moment}`,
  needsSignIn: 'needs an account',
  planner: {
    title: 'Planning and clearing',
    says: [
      'The map shows what every area, parcel and building is today; the time line takes you to any day before.',
      'Legend, filters, lists and figures count the same things, and each leads to the history of its land.',
      'Signed in, you import data, move states on, and see problems and household figures.',
    ],
    links: {
      open: 'Open the map',
      unplanned: 'Cleared land not yet planned',
      late: 'Areas past their deadline',
      offer: 'Parcels on offer',
      past: 'As it was a year ago',
    },
  },
  investor: {
    title: 'Investing and buying land',
    says: [
      'Parcels announced, on offer and sold are all here, without an account.',
      'Each has its planning conditions, starting price, deadline and sketch; compare them side by side or print one page.',
      'Keep a search as a link or a feed and hear of new land; write to the investment desk when one suits you.',
    ],
    links: {
      open: 'See land on offer',
      housing: 'Housing land, cheapest per mu first',
      calendar: 'Auction calendar',
    },
  },
  leader: {
    title: 'Steering and deciding',
    says: [
      'One row of figures tells how the district stands and what changed in the last 7 days; each opens its rows.',
      'Every red light gives its cause and the number in one sentence; the area most behind comes first.',
      'Meeting view, wall screen and weekly report show the same figures, as of any day.',
    ],
    links: { open: 'Open the board', meeting: 'Meeting view', work: 'My work' },
  },
};
