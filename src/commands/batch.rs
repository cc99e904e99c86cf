//! `guard check --jsonl`: judges a stream of commands on all cores, in order, in constant memory.
//!
//! The lines that one read brings make a batch, so that a caller who sends one line and waits gets its answer.
//! Batches go to workers; the places of their answers go to the writer in the order of reading.

use std::io::{self, Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// A longer line is answered with an error: no command that guard would judge needs it.
const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// What a worker may use of its stack, as much as a main thread has.
const STACK: usize = 8 * 1024 * 1024;

/// Complete lines, and where their answers go.
struct Batch {
    lines: Vec<u8>,
    answers: SyncSender<Vec<u8>>,
}

/// Answers every line of `input` with what `answer` writes for it, in order.
pub fn run<F>(mut input: impl Read, mut output: impl Write + Send, answer: F) -> io::Result<()>
where
    F: Fn(&[u8], &mut Vec<u8>) + Sync,
{
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let (batches, queue) = sync_channel::<Batch>(workers);
    let (places, ordered) = sync_channel::<Receiver<Vec<u8>>>(2 * workers);
    let queue = Arc::new(Mutex::new(queue));
    let answer = &answer;
    thread::scope(|scope| {
        for _ in 0..workers {
            let queue = Arc::clone(&queue);
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || work(&queue, answer))?;
        }
        drop(queue);
        let writer = thread::Builder::new().spawn_scoped(scope, move || -> io::Result<()> {
            for place in ordered {
                let answers = place.recv().map_err(|_| io::Error::other("a judgement broke off"))?;
                output.write_all(&answers)?;
                output.flush()?;
            }
            Ok(())
        })?;
        let read = feed(&mut input, |lines| {
            let (answers, place) = sync_channel(1);
            batches.send(Batch { lines, answers }).is_ok() && places.send(place).is_ok()
        });
        drop((batches, places));
        let written = writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer broke off")));
        written.and(read)
    })
}

/// Takes batches until there are no more.
fn work(queue: &Mutex<Receiver<Batch>>, answer: &impl Fn(&[u8], &mut Vec<u8>)) {
    loop {
        let received = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = received else { return };
        let mut answers = Vec::with_capacity(batch.lines.len() * 4);
        for line in batch.lines.split_inclusive(|byte| *byte == b'\n') {
            answer(line.strip_suffix(b"\n").unwrap_or(line), &mut answers);
            answers.push(b'\n');
        }
        if batch.answers.send(answers).is_err() {
            return;
        }
    }
}

/// Cuts `input` into runs of complete lines; stops when `take` wants no more.
fn feed(input: &mut impl Read, mut take: impl FnMut(Vec<u8>) -> bool) -> io::Result<()> {
    let mut pending = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match input.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => {
                let (complete, rest) = bytes.split_at(last + 1);
                pending.extend_from_slice(complete);
                if !take(std::mem::replace(&mut pending, rest.to_vec())) {
                    return Ok(());
                }
            }
            // One byte more than the limit is kept, so that the line is seen to be too long.
            None => {
                let room = (LONGEST_LINE + 1).saturating_sub(pending.len());
                pending.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
        }
    }
    if !pending.is_empty() {
        take(pending);
    }
    Ok(())
}

/// Whether a line is longer than guard reads.
pub fn too_long(line: &[u8]) -> bool {
    line.len() > LONGEST_LINE
}
