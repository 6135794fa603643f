-- Why: the clocks look every few seconds for what has become due; among a million
-- parcels that has to be found by its day, and parcels on offer without reading all
-- others.
create index parcel_watched on land.parcel (status, id, round_no, code)
    where status in ('announced', 'listed', 'bidding', 'sold');
create index round_unpaid on land.round (contracted_on) where paid_on is null;
create index round_unstarted on land.round (start_by) where started_on is null;
