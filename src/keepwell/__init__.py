"""Keepwell: pay for customers kept well. The steps, in the order in which facts pass through them:

| step       | question it answers                                                         |
|------------|-----------------------------------------------------------------------------|
| `core`     | the words all steps share: errors, tables, periods, money                   |
| `project`  | which company is this? its configuration, with line numbers                 |
| `engine`   | how are SQL models run, on one machine or many?                             |
| `record`   | what do we know of customers and people, and since when?                    |
| `collect`  | how do a company's exports become the record?                               |
| `journey`  | what happened to each customer, in order?                                   |
| `measure`  | how was it for them, and how sure are we?                                   |
| `value`    | what is each customer worth over their lifetime, and what changed it?       |
| `credit`   | who stood behind what a customer became worth?                              |
| `pay`      | what has each person earned, by their plan, as now known?                   |
| `books`    | what has been decided: which periods are closed?                            |
| `show`     | statements, reports: what people see                                        |
| `run`      | all of it, from the record once                                             |
| `cli`      | the command line                                                            |
| `demo`     | a company to try it on, with known truth inside                             |
"""

__version__ = "0.1.0"
