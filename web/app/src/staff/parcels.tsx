import { SOLD_CODES, STATUSES } from '../catalogue.gen.ts';
import { nameOf, useOf } from '../catalogue.ts';
import { fmt } from '../store/server.ts';
import { lang } from '../store/view.ts';
import type { Item } from '../types.ts';
import { nameColumn, dayColumn, numberColumn, stateColumn, textColumn, Titled } from './columns.tsx';
import { desk } from './deskwords.ts';
import type { FilterDef } from './filters.tsx';
import { ListPage, text } from './listpage.tsx';
import { itemsOf } from './names.ts';
import { OpenByCode } from './openbycode.tsx';
import type { Column } from './table.tsx';

/** The parcels for staff, with what the public does not see. */
export function ParcelsPage() {
  const w = desk.value.parcels;
  const f = fmt.value;
  const columns: Column<Item>[] = [
    nameColumn(w.parcel),
    stateColumn(w.status, 'parcel'),
    {
      name: 'area_name',
      label: w.area,
      cell: (r) => text(r, 'area_name') && <Titled title={text(r, 'area_name')} under={text(r, 'area')} />,
      key: (r) => text(r, 'area'),
    },
    textColumn('use_class', w.use, (code) => {
      const use = useOf(code);
      return use ? nameOf(use, lang.value) : code;
    }),
    numberColumn('mu', w.mu, f.mu),
    textColumn('notice_no', w.notice),
    dayColumn('list_to', w.listTo),
    numberColumn('start_wan', w.start, f.money),
    numberColumn('deal_wan', w.deal, f.money),
    textColumn('buyer', w.buyer),
  ];
  return (
    <ListPage
      title={w.title}
      collection="parcels"
      columns={columns}
      defs={() => [
        statusFilter('parcel', w.status),
        areaFilter(w.area),
        { name: 'sold', label: w.sale, options: [{ code: '1', label: w.sold }] },
      ]}
      own={['sold']}
      fits={(r, filters) => !filters.sold || SOLD_CODES.includes(text(r, 'status'))}
      unit={w.count}
      empty={w.empty}
      whole
      actions={<OpenByCode collection="parcels" />}
    />
  );
}

/** A filter by the states of a machine. */
export function statusFilter(machine: keyof typeof STATUSES, label: string): FilterDef {
  const options = STATUSES[machine].map((s) => ({ code: s.code, label: nameOf(s, lang.value) }));
  return { name: 'status', label, options };
}

/** A filter by area, of all that there are. */
export function areaFilter(label: string): FilterDef {
  const options = itemsOf('areas').map((a) => ({ code: a.id, label: `${text(a, 'name')} ${a.id}` }));
  return { name: 'area', label, options };
}
