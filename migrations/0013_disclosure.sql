-- Why: the result of a sale is told while the parcel is sold, and of a round
-- while its deal holds; columns that held a zero or an empty text in other
-- states now hold nothing, as a new projection has them.
update pub.parcel
set deal_fen = null, sold_on = null, buyer = null
where status not in ('sold', 'contracted', 'paid', 'handed_over', 'started', 'completed')
    and (deal_fen is not null or sold_on is not null or buyer is not null);
