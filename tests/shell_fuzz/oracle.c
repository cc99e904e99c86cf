/* A builtin that answers questions about shell texts with bash's own parser and expander, in one process and
   without running anything of them.

   A question on standard input is a byte for its kind, the length of the text (four bytes, native order) and the
   text. An answer on standard output is a byte ('y', or 'n' when bash rejects the text), a length, and fields,
   each ended by a NUL.

     c  The text in bash's canonical form: one field.
     w  What words without expansions stand for: a field for each.
     x  What bash would run when it expands the text's words: a field for each command substitution, with those
	inside substitutions. The words are expanded with variables unset, and again with some set.  */

#include <config.h>

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "builtins.h"
#include "shell.h"
#include "bashjmp.h"
#include "unwind_prot.h"
#include "externs.h"
#include "execute_cmd.h"

/* Of bash's input.h, which is not installed.  */
enum stream_type { st_none, st_stdin, st_stream, st_string, st_bstream };
typedef struct
{
  enum stream_type type;
  char *name;
  union { FILE *file; char *string; int buffered_fd; } location;
  int (*getter) (void);
  int (*ungetter) (int);
} BASH_INPUT;
extern BASH_INPUT bash_input;
extern void push_stream (int);
extern int pop_stream (void);
extern void with_input_from_string (char *, const char *);

extern int parse_command (void);
extern void reset_parser (void);
extern int parser_state, shell_eof_token, need_here_doc, EOF_Reached, eof_encountered;
extern pid_t make_child (char *, int);

#define TAG "oracle"
#define MAX_SUBSTITUTIONS 400

/* A growing answer.  */
struct buffer { char *data; size_t length, size; };
static struct buffer answer;

static void
add (const char *data, size_t length)
{
  if (answer.length + length > answer.size)
    {
      answer.size = 2 * (answer.length + length) + 4096;
      answer.data = realloc (answer.data, answer.size);
      if (answer.data == 0)
	_exit (3);
    }
  memcpy (answer.data + answer.length, data, length);
  answer.length += length;
}

/* The command substitutions that expansion came to, in the order in which it did.  */
static char *substitutions[MAX_SUBSTITUTIONS];
static int count_of_substitutions;

/* Stands in for bash's function of this name.  */
static WORD_DESC *
note_substitution (char *string, int quoted, int flags)
{
  if (count_of_substitutions < MAX_SUBSTITUTIONS)
    substitutions[count_of_substitutions++] = strdup (string ? string : "");
  return 0;
}

/* Stands in for bash's `make_child': process substitutions start nothing.  */
static pid_t
make_no_child (char *command, int flags)
{
  return -1;
}

/* Lets calls of a function of bash go to another one.  */
static int
replace (void *function, void *with)
{
#if defined (__x86_64__)
  unsigned char jump[] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };
  long page = sysconf (_SC_PAGESIZE);
  char *start = (char *)((uintptr_t) function & ~(uintptr_t) (page - 1));

  memcpy (jump + 2, &with, sizeof with);
  if (mprotect (start, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
    return 0;
  memcpy (function, jump, sizeof jump);
  return mprotect (start, 2 * page, PROT_READ | PROT_EXEC) == 0;
#else
  return 0;
#endif
}

/* Calls a function so that an error of bash's ends only the call; says whether it came to its end.  */
static int
guarded (void (*function) (void *), void *argument)
{
  procenv_t saved;
  volatile int complete = 0;

  COPY_PROCENV (top_level, saved);
  begin_unwind_frame (TAG);
  if (sigsetjmp (top_level, 0) == 0)
    {
      function (argument);
      complete = 1;
    }
  run_unwind_frame (TAG);
  COPY_PROCENV (saved, top_level);
  return complete;
}

static void walk (COMMAND *);

/* The commands of a text, read before any is visited: an error of expansion unwinds reading as well.  */
struct reading { char *text; COMMAND **commands; size_t count; int accepted; };

static void
read_commands (void *argument)
{
  struct reading *reading = argument;

  add_unwind_protect (pop_stream, (char *) 0);
  push_stream (1);
  with_input_from_string (reading->text, "text");
  while (*bash_input.location.string)
    {
      if (parse_command () != 0)
	return;
      if (global_command)
	{
	  reading->commands = realloc (reading->commands, (reading->count + 1) * sizeof *reading->commands);
	  if (reading->commands == 0)
	    _exit (3);
	  reading->commands[reading->count++] = global_command;
	  global_command = 0;
	}
    }
  reading->accepted = 1;
}

/* Reads a text to its end, and visits its commands if bash accepts it; says whether it does.  */
static int
read_text (char *text, void (*visit) (COMMAND *))
{
  struct reading reading = { text, 0, 0, 0 };
  size_t index;

  reset_parser ();
  parser_state = shell_eof_token = need_here_doc = EOF_Reached = eof_encountered = 0;
  global_command = 0;
  guarded (read_commands, &reading);
  for (index = 0; index < reading.count; index++)
    {
      if (reading.accepted && visit)
	visit (reading.commands[index]);
      dispose_command (reading.commands[index]);
    }
  free (reading.commands);
  return reading.accepted;
}

static void
print (COMMAND *command)
{
  char *text = named_function_string ("candidate", command, FUNC_MULTILINE);
  add (text, strlen (text));
  add ("\n", 1);
}

/* Expansions of the kinds that bash has for different places.  */
static void expand_as_word (void *word) { dispose_words (expand_word (word, 0)); }
static void expand_as_text (void *text) { dispose_words (expand_string (text, Q_HERE_DOCUMENT)); }
static void expand_as_operand (void *word) { free (cond_expand_word (word, 0)); }
static void expand_as_pattern (void *word) { free (cond_expand_word (word, 1)); }
static void expand_as_expression (void *word) { free (cond_expand_word (word, 2)); }

static void
evaluate (void *text)
{
  int valid;
  char *expression = expand_arith_string (text, Q_DOUBLE_QUOTES | Q_ARITH);
  evalexp (expression ? expression : "", 0, &valid);
  free (expression);
}

/* Whether some variables are set when words are expanded.  */
static int with_values;

/* Forgets what assignments and expansions before this one have set: values that bash evaluates again.  */
static void
prepare (void)
{
  static const char *names[] = { "x", "y", "v", "a", "b", "f", "i", "N", "E", "IFS", "PATH", "HOME" };
  size_t index;

  for (index = 0; index < sizeof names / sizeof *names; index++)
    unbind_variable (names[index]);
  if (with_values)
    {
      bind_variable ("x", "1", 0);
      bind_variable ("v", "abc", 0);
      bind_variable ("a", "2", 0);
    }
}

/* Makes an assignment and takes it back.  */
static void
assign (void *argument)
{
  WORD_DESC *word = argument;
  char name[2] = { word->word[0], 0 };

  if (word->word[1] != '=' && word->word[1] != '[' && word->word[1] != '+')
    expand_as_word (word);
  else if (guarded ((void (*) (void *)) do_word_assignment, word) || 1)
    unbind_variable (name);
}

static void
words (WORD_LIST *list)
{
  for (; list; list = list->next)
    {
      prepare ();
      guarded (expand_as_word, list->word);
    }
}

/* Assignments, and the words of a command behind them.  */
static void
simple_words (WORD_LIST *list)
{
  for (; list && list->word->flags & W_ASSIGNMENT; list = list->next)
    {
      prepare ();
      guarded (assign, list->word);
    }
  words (list);
}

static void
arithmetic (WORD_LIST *list)
{
  for (; list; list = list->next)
    {
      prepare ();
      guarded (evaluate, list->word->word);
    }
}

static void
redirections (REDIRECT *redirect)
{
  for (; redirect; redirect = redirect->next)
    switch (redirect->instruction)
      {
      case r_reading_until:
      case r_deblank_reading_until:
	if ((redirect->redirectee.filename->flags & W_QUOTED) == 0 && redirect->redirectee.filename->word)
	  guarded (expand_as_text, redirect->redirectee.filename->word);
	break;
      case r_duplicating_input:
      case r_duplicating_output:
      case r_close_this:
      case r_move_input:
      case r_move_output:
	break;
      default:
	guarded (expand_as_word, redirect->redirectee.filename);
      }
}

static void
condition (COND_COM *cond)
{
  if (cond == 0)
    return;
  switch (cond->type)
    {
    case COND_TERM:
      guarded (expand_as_operand, cond->op);
      break;
    case COND_UNARY:
      guarded (expand_as_operand, cond->left->op);
      break;
    case COND_BINARY:
      guarded (expand_as_operand, cond->left->op);
      guarded (strcmp (cond->op->word, "=~") == 0 ? expand_as_expression
	       : strcmp (cond->op->word, "==") == 0 || strcmp (cond->op->word, "=") == 0
		 || strcmp (cond->op->word, "!=") == 0 ? expand_as_pattern : expand_as_operand,
	       cond->right->op);
      break;
    default:
      condition (cond->left);
      condition (cond->right);
    }
}

/* Expands all words of a command.  */
static void
walk (COMMAND *command)
{
  PATTERN_LIST *clause;

  if (command == 0)
    return;
  redirections (command->redirects);
  switch (command->type)
    {
    case cm_simple:
      simple_words (command->value.Simple->words);
      redirections (command->value.Simple->redirects);
      break;
    case cm_connection:
      walk (command->value.Connection->first);
      walk (command->value.Connection->second);
      break;
    case cm_for:
      words (command->value.For->map_list);
      walk (command->value.For->action);
      break;
    case cm_select:
      words (command->value.Select->map_list);
      walk (command->value.Select->action);
      break;
    case cm_arith_for:
      arithmetic (command->value.ArithFor->init);
      arithmetic (command->value.ArithFor->test);
      arithmetic (command->value.ArithFor->step);
      walk (command->value.ArithFor->action);
      break;
    case cm_case:
      guarded (expand_as_word, command->value.Case->word);
      for (clause = command->value.Case->clauses; clause; clause = clause->next)
	{
	  words (clause->patterns);
	  walk (clause->action);
	}
      break;
    case cm_while:
    case cm_until:
      walk (command->value.While->test);
      walk (command->value.While->action);
      break;
    case cm_if:
      walk (command->value.If->test);
      walk (command->value.If->true_case);
      walk (command->value.If->false_case);
      break;
    case cm_arith:
      arithmetic (command->value.Arith->exp);
      break;
    case cm_cond:
      condition (command->value.Cond);
      break;
    case cm_function_def:
      walk (command->value.Function_def->command);
      break;
    case cm_group:
      walk (command->value.Group->command);
      break;
    case cm_subshell:
      walk (command->value.Subshell->command);
      break;
    case cm_coproc:
      walk (command->value.Coproc->command);
      break;
    }
}

static void
substitutions_of (char *text)
{
  int next = count_of_substitutions;

  read_text (text, walk);
  for (; next < count_of_substitutions; next++)
    read_text (substitutions[next], walk);
}

static int
list_substitutions (char *text)
{
  int index, accepted;

  accepted = read_text (text, 0);
  if (accepted)
    {
      count_of_substitutions = 0;
      for (with_values = 0; with_values < 2; with_values++)
	{
	  prepare ();
	  substitutions_of (text);
	}
    }
  for (index = 0; index < count_of_substitutions; index++)
    {
      add (substitutions[index], strlen (substitutions[index]) + 1);
      free (substitutions[index]);
    }
  count_of_substitutions = 0;
  return accepted;
}

static void
print_words (void *list)
{
  WORD_LIST *expanded = expand_words_no_vars (list), *word;

  for (word = expanded; word; word = word->next)
    add (word->word->word, strlen (word->word->word) + 1);
  dispose_words (expanded);
}

/* Prints what the words stand for that follow the first one.  */
static void
print_values (COMMAND *command)
{
  if (command->type == cm_simple && command->value.Simple->words)
    guarded (print_words, command->value.Simple->words->next);
}

/* Ends the process when one question takes too long: there are texts that bash never finishes to read.  */
static void
limit (int seconds)
{
  struct itimerval timer = { { 0, 0 }, { seconds, 0 } };
  setitimer (ITIMER_PROF, &timer, 0);
}

static int
take (void *data, size_t length)
{
  return fread_unlocked (data, 1, length, stdin) == length;
}

static int
oracle_builtin (WORD_LIST *list)
{
  struct rlimit memory = { 1 << 30, 1 << 30 };
  char kind;
  uint32_t length;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  signal (SIGPROF, SIG_DFL);
  setrlimit (RLIMIT_AS, &memory);
  no_longjmp_on_fatal_error = 1;
  if (! replace (command_substitute, note_substitution) || ! replace (make_child, make_no_child))
    return 3;
  while (take (&kind, 1) && take (&length, sizeof length))
    {
      int accepted;
      char *text = malloc (length + 1);

      if (text == 0 || ! take (text, length))
	break;
      text[length] = 0;
      answer.length = 0;
      limit (2);
      if (kind == 'c')
	{
	  accepted = read_text (text, print);
	  add ("", 1);
	}
      else if (kind == 'w')
	accepted = read_text (text, print_values);
      else
	accepted = list_substitutions (text);
      limit (0);
      length = answer.length;
      putchar_unlocked (accepted ? 'y' : 'n');
      fwrite_unlocked (&length, sizeof length, 1, stdout);
      fwrite_unlocked (answer.data, 1, answer.length, stdout);
      fflush (stdout);
      free (text);
    }
  /* Errors of expansion have unwound what bash would return to.  */
  _exit (0);
}

static char *documentation[] = { "Answers questions about shell texts.", 0 };

struct builtin oracle_struct = { "oracle", oracle_builtin, BUILTIN_ENABLED, documentation, "oracle", 0 };
