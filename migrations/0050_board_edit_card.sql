-- Who wrote in the fields of one card is asked of the log: found without reading it whole.
create index board_edit_by_card on board_edit (board_id, (edit ->> 'card'), seq);
