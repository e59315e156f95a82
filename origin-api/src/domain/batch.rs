//! In which order the items of a batch are applied: in their own, but for one that names a task which a later item
//! makes, and waits for it.

use std::collections::HashMap;

use shared_types::batch::BatchItem;
use shared_types::id::TaskId;

/// The order of a batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// The places of the items that can be applied, the first one first.
    pub places: Vec<usize>,
    /// Those that wait for each other in a circle, or for one that does.
    pub circular: Vec<usize>,
}

/// The order in which `items` are applied.
pub fn order(items: &[BatchItem]) -> Order {
    // Of two that make the same task the first one counts; the other is refused when its turn comes.
    let mut makers: HashMap<TaskId, usize> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(id) = item.made() {
            makers.entry(id).or_insert(place);
        }
    }
    let mut waiting: Vec<usize> = (0..items.len()).collect();
    let mut is_placed = vec![false; items.len()];
    let mut places = Vec::with_capacity(items.len());
    // At most 50 rounds over 50 items of 52 names each.
    loop {
        let ready = waiting.iter().position(|&place| {
            let made = |id| makers.get(id).copied().filter(|&maker| maker != place);
            let mut named = items[place].named();
            named.sort_unstable();
            named.dedup();
            named.iter().filter_map(made).all(|maker| is_placed[maker])
        });
        let Some(ready) = ready else {
            return Order {
                places,
                circular: waiting,
            };
        };
        let place = waiting.remove(ready);
        is_placed[place] = true;
        places.push(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use shared_types::batch::Batch;
    use shared_types::validate::parse;

    fn id(number: u8) -> String {
        format!("0198c5a0-0000-7000-8000-0000000000{number:02}")
    }

    fn ordered(items: &[Value]) -> (Vec<usize>, Vec<usize>) {
        let batch: Batch = parse(json!({ "items": items })).unwrap();
        let Order { places, circular } = order(&batch.items);
        (places, circular)
    }

    fn create(number: u8, parent: Option<u8>, on: &[u8]) -> Value {
        let on: Vec<_> = on.iter().copied().map(id).collect();
        json!({"op": "create", "title": "x", "id": id(number), "parent_id": parent.map(id), "depends_on": on})
    }

    #[test]
    fn items_keep_their_order_where_none_names_a_later_one() {
        let items = [
            create(1, None, &[]),
            create(2, Some(1), &[1]),
            json!({"op": "delete", "id": id(1)}),
            json!({"op": "create", "title": "x", "parent_id": id(9)}),
            json!({"op": "complete", "id": id(9)}),
        ];
        assert_eq!(ordered(&items), (vec![0, 1, 2, 3, 4], vec![]));
    }

    #[test]
    fn an_item_waits_for_the_one_that_makes_what_it_names() {
        let items = [
            json!({"op": "complete", "id": id(1)}),
            create(3, Some(2), &[1]),
            create(2, None, &[1]),
            create(1, None, &[]),
            json!({"op": "update", "id": id(9), "depends_on": [id(3)]}),
        ];
        assert_eq!(ordered(&items), (vec![3, 0, 2, 1, 4], vec![]));
    }

    #[test]
    fn what_waits_for_itself_is_told_apart() {
        let items = [
            create(1, Some(2), &[]),
            create(4, None, &[4]),
            create(2, None, &[1]),
            json!({"op": "delete", "id": id(2)}),
        ];
        assert_eq!(
            ordered(&items),
            (vec![1], vec![0, 2, 3]),
            "one that names itself is left to the rule about that"
        );
    }

    #[test]
    fn of_two_that_make_one_task_the_first_counts() {
        let items = [create(1, None, &[]), create(1, None, &[])];
        assert_eq!(ordered(&items), (vec![0, 1], vec![]));
    }
}
