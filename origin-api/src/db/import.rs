//! An import: everything that comes in at once, in one transaction behind the user's lock, or nothing of it.
//!
//! Unlike other changes it is not one statement: what comes in is read with the user's zone and held against what is
//! there, and both must be as of the moment at which it is written. A dry run does all of it and rolls back.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use shared_types::id::TaskId;
use shared_types::transfer::{ImportReport, LineOutcome, MovedTask, ReportLine};
use shared_types::validate::FieldError;
use tokio_postgres::types::{Json, ToSql, Type};
use uuid::Uuid;

use super::change::{LOCK_USER, replay};
use super::preferences::replace_within;
use super::tasks::moved::{FIND_KNOWN, FIND_SAME, IMPORT, LIST_LINKS};
use super::transaction::Transaction;
use super::{Caller, Db, DbError, Key, Statement};
use crate::domain::transfer::{Draft, Import, Links, check_links};
use crate::domain::user_time::UserTime;

/// How long an import may take: a little less than the edge waits.
const LIMIT: Duration = Duration::from_secs(9);

/// What came of it, and the user's version after it.
#[derive(Debug)]
pub struct Written {
    /// What came of it.
    pub outcome: Outcome,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of an import.
#[derive(Debug)]
pub enum Outcome {
    /// It was done, or it was said what it would do.
    Done(ImportReport),
    /// It had been done before, under this key.
    Replayed(ImportReport),
    /// The key was used for another request.
    KeyReused,
    /// Nothing was changed.
    Refused(Vec<FieldError>),
}

/// Who asks, in which zone, and what was answered under the key.
const CONTEXT: Statement = Statement {
    name: "find_import_context",
    sql: concat!(
        "WITH ",
        crate::credential!(),
        ", ",
        replay!(),
        "
        SELECT credential.version, credential.time_zone, credential.work_start_minute, credential.work_end_minute,
            credential.work_days, credential.preferences_version, credential.by, replay.is_same, replay.answer
        FROM credential
        LEFT JOIN replay ON true"
    ),
    types: &[
        Type::UUID,
        Type::UUID,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::TEXT,
        Type::BYTEA,
    ],
};

/// Makes projects of the names `$2`, archived or not by `$3`, at the instant `$4`; those that are there stay as they are,
/// and are named where that is not what is wanted.
const NAME_PROJECTS: Statement = Statement {
    name: "import_projects",
    sql: "WITH given AS (
            SELECT listed.name, listed.archived
            FROM unnest($2::text[], $3::boolean[]) AS listed (name, archived)
        ), named AS (
            INSERT INTO projects (user_id, name, archived, created_at)
            SELECT $1, given.name, given.archived, $4
            FROM given
            ON CONFLICT DO NOTHING
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM named) AS number,
            ARRAY(
                SELECT projects.name
                FROM projects
                JOIN given ON given.name = projects.name AND given.archived <> projects.archived
                WHERE projects.user_id = $1
                ORDER BY projects.name
            ) AS others",
    types: &[
        Type::UUID,
        Type::TEXT_ARRAY,
        Type::BOOL_ARRAY,
        Type::TIMESTAMPTZ,
    ],
};

/// Raises the user's version, and keeps the answer `$4` under the key `$2`, if there is one.
const SETTLE: Statement = Statement {
    name: "settle_import",
    sql: "WITH kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $2, $3, $4, $5
            WHERE $2 IS NOT NULL
        )
        UPDATE users
        SET version = users.version + 1
        WHERE users.user_id = $1
        RETURNING users.version",
    types: &[
        Type::UUID,
        Type::TEXT,
        Type::BYTEA,
        Type::JSONB,
        Type::TIMESTAMPTZ,
    ],
};

/// Imports, as the change `change`, what `read` makes of it in the user's zone; `None` when the credential does not
/// hold.
///
/// # Errors
/// See [`DbError`].
pub async fn import(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    change: Uuid,
    dry_run: bool,
    read: impl FnOnce(&UserTime) -> Result<Import, Vec<FieldError>> + Send,
) -> Result<Option<Written>, DbError> {
    let asked = Asked {
        caller,
        key,
        change,
        dry_run,
    };
    let work = async {
        let transaction = db.begin_within(LIMIT).await?;
        let written = asked.run(&transaction, read).await?;
        let is_done =
            matches!(&written, Some(written) if matches!(written.outcome, Outcome::Done(_)));
        if is_done && !dry_run {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(written)
    };
    match tokio::time::timeout(LIMIT, work).await {
        Ok(done) => done,
        Err(_) => Err(super::unanswered(&IMPORT, LIMIT)),
    }
}

struct Asked<'a> {
    caller: &'a Caller,
    key: Option<&'a Key>,
    change: Uuid,
    dry_run: bool,
}

impl Asked<'_> {
    async fn run(
        &self,
        transaction: &Transaction<'_>,
        read: impl FnOnce(&UserTime) -> Result<Import, Vec<FieldError>> + Send,
    ) -> Result<Option<Written>, DbError> {
        let user = &self.caller.user.0;
        transaction.query(&LOCK_USER, &[user]).await?;
        let name = self.key.map(|key| key.key.as_str());
        let hash = self.key.map(|key| key.request_hash.as_slice());
        let mut values = self.caller.values().to_vec();
        values.extend([&name as &(dyn ToSql + Sync), &hash]);
        let Some(row) = transaction.query_opt(&CONTEXT, &values).await? else {
            return Ok(None);
        };
        let version: i64 = row.try_get("version")?;
        let zone: &str = row.try_get("time_zone")?;
        let time = UserTime::new(
            zone,
            row.try_get("work_start_minute")?,
            row.try_get("work_end_minute")?,
            row.try_get("work_days")?,
        );
        let time = time.ok_or_else(|| DbError::unexpected("no working time in the user's zone"))?;
        let written = |outcome| Ok(Some(Written { outcome, version }));

        let mut import = match read(&time) {
            Ok(import) => import,
            Err(errors) => return written(Outcome::Refused(errors)),
        };
        match row.try_get("is_same")? {
            Some(true) => {
                let Json(report): Json<ImportReport> = row.try_get("answer")?;
                return written(Outcome::Replayed(report));
            }
            Some(false) => return written(Outcome::KeyReused),
            None => {}
        }
        let known = self.known(transaction, &import).await?;
        if let Some(errors) = self.faults(transaction, &import, &known).await? {
            return written(Outcome::Refused(errors));
        }

        let own_preferences = row.try_get::<_, i64>("preferences_version")? > 1;
        let mut has_changed = self
            .take_preferences(transaction, &mut import, own_preferences)
            .await?;
        has_changed |= self.take_projects(transaction, &mut import).await?;
        let fates = self.fates(transaction, &mut import, &known).await?;
        let is_written = |(_, fate): &(&Draft, &Fate)| {
            matches!(fate, Fate::New | Fate::Changed | Fate::Restored)
        };
        let rows: Vec<&MovedTask> = import
            .tasks
            .iter()
            .zip(&fates)
            .filter(is_written)
            .map(|(draft, _)| &draft.task)
            .collect();
        if !rows.is_empty() {
            let by: &str = row.try_get("by")?;
            let values: [&(dyn ToSql + Sync); 5] =
                [user, &Json(&rows), &self.caller.now, &self.change, &by];
            transaction.query(&IMPORT, &values).await?;
            has_changed = true;
        }
        let change = (!rows.is_empty() && !self.dry_run).then_some(self.change);
        drop(rows);
        let report = report(import, fates, self.dry_run, change);
        let version = if has_changed && !self.dry_run {
            let values: [&(dyn ToSql + Sync); 5] =
                [user, &name, &hash, &Json(&report), &self.caller.now];
            transaction.query_one(&SETTLE, &values).await?.try_get(0)?
        } else {
            version
        };
        Ok(Some(Written {
            outcome: Outcome::Done(report),
            version,
        }))
    }

    /// What is there of the tasks that come in and of those that they lead to.
    async fn known(
        &self,
        transaction: &Transaction<'_>,
        import: &Import,
    ) -> Result<HashMap<TaskId, Known>, DbError> {
        let tasks = import.tasks.iter().map(|draft| &draft.task);
        let ids: HashSet<Uuid> = tasks
            .flat_map(|task| {
                let links = task
                    .content
                    .parent_id
                    .iter()
                    .chain(&task.content.depends_on);
                links.chain([&task.id]).map(|id| id.0)
            })
            .collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let rows = transaction
            .query(&FIND_KNOWN, &[&self.caller.user.0, &ids])
            .await?;
        rows.iter()
            .map(|row| {
                let is_deleted: bool = row.try_get(1)?;
                let known = if is_deleted {
                    Known::Deleted
                } else {
                    Known::Present
                };
                Ok((TaskId(row.try_get(0)?), known))
            })
            .collect()
    }

    /// The links that cannot be.
    async fn faults(
        &self,
        transaction: &Transaction<'_>,
        import: &Import,
        known: &HashMap<TaskId, Known>,
    ) -> Result<Option<Vec<FieldError>>, DbError> {
        let has_links = |draft: &Draft| {
            let content = &draft.task.content;
            content.parent_id.is_some() || !content.depends_on.is_empty()
        };
        if !import.tasks.iter().any(has_links) {
            return Ok(None);
        }
        let present = known.iter().filter(|(_, known)| **known == Known::Present);
        let present: HashSet<TaskId> = present.map(|(id, _)| *id).collect();
        let rows = transaction
            .query(&LIST_LINKS, &[&self.caller.user.0])
            .await?;
        let links = rows.iter().map(|row| {
            let depends_on: Vec<Uuid> = row.try_get(2)?;
            let links = Links {
                parent: row.try_get::<_, Option<Uuid>>(1)?.map(TaskId),
                depends_on: depends_on.into_iter().map(TaskId).collect(),
            };
            Ok((TaskId(row.try_get(0)?), links))
        });
        let links: HashMap<TaskId, Links> = links.collect::<Result<_, DbError>>()?;
        let errors = check_links(import, &present, links);
        Ok((!errors.is_empty()).then_some(errors))
    }

    /// Takes the preferences over, unless the user has set their own.
    async fn take_preferences(
        &self,
        transaction: &Transaction<'_>,
        import: &mut Import,
        are_own: bool,
    ) -> Result<bool, DbError> {
        let Some(new) = import.preferences.take() else {
            return Ok(false);
        };
        let (has_changed, because) = if are_own {
            (
                false,
                "the preferences are not taken: you have set your own",
            )
        } else if replace_within(transaction, self.caller, &new).await? {
            (true, "the preferences are taken")
        } else {
            return Ok(false);
        };
        import.lines.push(ReportLine {
            line: 0,
            outcome: LineOutcome::Noted,
            because: Some(because.to_owned()),
        });
        Ok(has_changed)
    }

    async fn take_projects(
        &self,
        transaction: &Transaction<'_>,
        import: &mut Import,
    ) -> Result<bool, DbError> {
        if import.projects.is_empty() {
            return Ok(false);
        }
        let names: Vec<&str> = import
            .projects
            .iter()
            .map(|project| project.name.as_str())
            .collect();
        let archived: Vec<bool> = import
            .projects
            .iter()
            .map(|project| project.archived)
            .collect();
        let values: [&(dyn ToSql + Sync); 4] =
            [&self.caller.user.0, &names, &archived, &self.caller.now];
        let row = transaction.query_one(&NAME_PROJECTS, &values).await?;
        for name in row.try_get::<_, Vec<String>>("others")? {
            import.lines.push(ReportLine {
                line: 0,
                outcome: LineOutcome::Noted,
                because: Some(format!(
                    "the project {name:?} stays as it is here: whether it is archived is not taken"
                )),
            });
        }
        Ok(row.try_get::<_, i64>("number")? > 0)
    }

    /// What is to become of each task.
    async fn fates(
        &self,
        transaction: &Transaction<'_>,
        import: &mut Import,
        known: &HashMap<TaskId, Known>,
    ) -> Result<Vec<Fate>, DbError> {
        let is_present = |draft: &&Draft| known.get(&draft.task.id) == Some(&Known::Present);
        let present: Vec<&MovedTask> = import
            .tasks
            .iter()
            .filter(is_present)
            .map(|draft| &draft.task)
            .collect();
        let mut same: HashSet<TaskId> = HashSet::new();
        if !present.is_empty() {
            let values: [&(dyn ToSql + Sync); 2] = [&self.caller.user.0, &Json(&present)];
            for row in transaction.query(&FIND_SAME, &values).await? {
                same.insert(TaskId(row.try_get(0)?));
            }
        }
        let fate = |draft: &Draft| match known.get(&draft.task.id) {
            None => Fate::New,
            Some(Known::Deleted) => Fate::Restored,
            Some(Known::Present) if draft.is_only_new => Fate::Kept,
            Some(Known::Present) if same.contains(&draft.task.id) => Fate::Same,
            Some(Known::Present) => Fate::Changed,
        };
        Ok(import.tasks.iter().map(fate).collect())
    }
}

/// How a task is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Present,
    Deleted,
}

/// What becomes of a task that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    New,
    Changed,
    /// It was in the trash.
    Restored,
    /// It is there, exactly like this.
    Same,
    /// It is there, perhaps further on.
    Kept,
}

fn report(
    import: Import,
    fates: Vec<Fate>,
    dry_run: bool,
    change_id: Option<Uuid>,
) -> ImportReport {
    let mut lines = import.lines;
    for (draft, fate) in import.tasks.into_iter().zip(fates) {
        let (outcome, because) = match fate {
            Fate::New => (LineOutcome::Created, None),
            Fate::Changed => (LineOutcome::Updated, None),
            Fate::Restored => (LineOutcome::Updated, Some("was deleted, and is restored")),
            Fate::Same => (LineOutcome::Skipped, Some("is here already, and the same")),
            Fate::Kept => (LineOutcome::Skipped, Some("was imported before")),
        };
        let because: Vec<&str> = because
            .into_iter()
            .chain(draft.notes.iter().map(String::as_str))
            .collect();
        lines.push(ReportLine {
            line: draft.line,
            outcome,
            because: (!because.is_empty()).then(|| because.join("; ")),
        });
    }
    lines.sort_by_key(|line| line.line);
    let number = |outcome| {
        let number = lines.iter().filter(|line| line.outcome == outcome).count();
        u32::try_from(number).unwrap_or(u32::MAX)
    };
    ImportReport {
        dry_run,
        created: number(LineOutcome::Created),
        updated: number(LineOutcome::Updated),
        skipped: number(LineOutcome::Skipped),
        lines,
        change_id,
    }
}
