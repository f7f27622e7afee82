"""Do the values of each preset mean what they should? One small, consistent company per system."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from keepwell.collect import collect
from keepwell.project.config import read_project
from keepwell.record import Record, Snapshot

CASES: dict[str, tuple[dict[str, str], dict[str, list[tuple[object, ...]]]]] = {
    "salesforce": (
        {
            "Account": "Id,Name,OwnerId,ParentId,Industry,BillingCountry,AccountSource,Type,IsDeleted,CreatedDate\n"
            "A1,Aster,U1,,Energy,FR,,Enterprise,false,2025-01-05T10:00:00.000Z\nA2,Gone,U1,,,,,,true,2025-01-05\n",
            "User": "Id,Username,Email,UserRoleId,ProfileId,ManagerId,FirstName,LastName,Title,CreatedDate,UserType\n"
            "U1,ann,a@x,R1,P,U2,Ann,Ash,Account Executive,2024-02-01,Standard\nU2,bo,b@x,,P,,Bo,Bell,VP,2024-01-01,Standard\n"
            "U3,robot,,,P,,,Robot,,2024-01-01,AutomatedProcess\n",
            "UserRole": "Id,Name,DeveloperName,ParentRoleId\nR1,Sales West,Sales_West,\n",
            "Opportunity": "Id,AccountId,Amount,CloseDate,CreatedDate,StageName,IsClosed,IsWon,OwnerId,Type,LeadSource\n"
            "D1,A1,1200.50,2026-03-31,2026-01-02,Signed,TRUE,TRUE,U1,New Business,Web\n"
            "D2,A1,10,2026-04-30,2026-01-02,Lost,TRUE,FALSE,U1,Other,\nD3,A1,,2026-05-30,2026-01-02,Talk,FALSE,FALSE,U1,,\n",
            "Split": "Id,OpportunityId,SplitOwnerId,SplitPercentage,SplitTypeId\n1,D1,U1,60,T\n2,D1,U2,40,T\n",
            "Case": "Id,CaseNumber,AccountId,OwnerId,Status,ClosedDate,IsClosed,CreatedDate,Reason,Origin,Subject,Priority\n"
            "C1,0001,A1,U1,Closed,2026-02-02T08:00:00.000Z,true,2026-02-01T08:00:00.000Z,Broken,Phone,Help,High\n",
            "Task": "Id,AccountId,OwnerId,ActivityDate,TaskSubtype,Status,CallDurationInSeconds,Subject\n"
            "T1,A1,U1,2026-01-10,Call,Done,90,Hello\nT2,A1,U1,2026-01-11,Task,Done,,Todo\n",
        },
        {
            "SELECT customer_id, segment, region, CAST(customer_since_on AS VARCHAR) FROM customers": [
                ("s:A1", "Enterprise", "FR", "2025-01-05"),
            ],
            "SELECT person_id, is_system FROM people": [("s:U1", False), ("s:U2", False), ("s:U3", True)],
            "SELECT person_id, role, team_id, manager_id FROM positions WHERE person_id = 's:U1'": [
                ("s:U1", "Account Executive", "s:R1", "s:U2"),
            ],
            "SELECT deal_id, kind, outcome, CAST(amount AS VARCHAR), channel FROM deals": [
                ("s:D1", "new", "won", "1200.5000", "Web"), ("s:D2", None, "lost", "10.0000", None),
                ("s:D3", None, "open", None, None),
            ],
            "SELECT person_id, CAST(share AS DOUBLE) FROM deal_shares": [("s:U1", 0.6), ("s:U2", 0.4)],
            "SELECT ticket_id, assignee_id, topic, CAST(solved_at AS VARCHAR) FROM tickets": [
                ("s:C1", "s:U1", "Broken", "2026-02-02 08:00:00"),
            ],
            "SELECT touch_id, kind, CAST(minutes AS DOUBLE) FROM touches": [("s:T1", "call", 1.5)],
        },
    ),
    "hubspot": (
        {
            "companies": "id,property_name,property_industry,property_createdate,property_country,is_deleted\n"
            "1,Aster,Energy,2025-01-05 10:00:00,FR,false\n",
            "owners": "owner_id,email,first_name,last_name,portal_id\n7,a@x,Ann,Ash,1\n",
            "deals": "deal_id,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_amount,property_closedate,"
            "property_createdate,is_deleted\n5,p,closedwon,7,100,2026-03-31,2026-01-01,false\n6,p,talking,7,,,2026-01-01,\n",
            "deal_company": "company_id,deal_id,type_id,category\n1,5,1,X\n",
            "engagement_company": "company_id,engagement_id,engagement_type,type_id\n1,e1,CALL,1\n1,e2,NOTE,1\n",
            "engagement_call": "engagement_id,property_hs_createdate,property_hs_timestamp,type\n"
            "e1,2026-01-01 09:00:00,2026-01-02 09:00:00,CALL\n",
        },
        {
            "SELECT deal_id, customer_id, owner_id, outcome FROM deals": [
                ("s:5", "s:1", "s:7", "won"), ("s:6", None, "s:7", "open"),
            ],
            'SELECT touch_id, customer_id, kind, CAST("at" AS VARCHAR) FROM touches': [
                ("s:e1", "s:1", "call", "2026-01-02 09:00:00"),
            ],
        },
    ),
    "zendesk": (
        {
            "organizations": "id,name,shared_tickets,shared_comments,external_id,created_at\n1,Aster,f,f,,2026-01-01\n",
            "users": "id,name,email,role,organization_id,ticket_restriction,created_at\n7,Ann,a@x,agent,,,2026-01-05\n"
            "8,Bo,b@x,admin,,,2026-01-05\n9,Cy,c@x,end-user,1,,2026-01-05\n",
            "groups": "id,name,created_at,updated_at,url\n3,Front,2026-01-01,2026-01-01,u\n",
            "tickets": "id,assignee_id,requester_id,organization_id,group_id,status,created_at,due_at,subject,type\n"
            "100,8,9,1,3,solved,2026-02-01 10:00:00,,Help,question\n",
            "history": "field_name,ticket_id,updated,user_id,value\nstatus,100,2026-02-02 10:00:00,7,solved\n"
            "status,100,2026-02-05 10:00:00,7,solved\nassignee_id,100,2026-02-01 10:01:00,,7\n"
            "assignee_id,100,2026-02-01 11:00:00,7,8\n",
            "ratings": "id,ticket_id,score,requester_id,assignee_id,comment,created_at,updated_at\n"
            "r1,100,good,9,8,Thanks,2026-02-02 10:00:00,2026-02-03 10:00:00\nr2,100,offered,9,8,,2026-02-02 10:00:00,\n",
        },
        {
            "SELECT ticket_id, customer_id, team_id, topic, CAST(solved_at AS VARCHAR) FROM tickets": [
                ("s:100", "s:1", "s:3", "question", "2026-02-05 10:00:00"),
            ],
            "SELECT person_id FROM ticket_steps ORDER BY seq": [("s:7",), ("s:8",)],
            "SELECT invitation_id, kind, CAST(score AS DOUBLE), about, about_person_id FROM surveys": [
                ("s:r1", "csat", 1.0, "s:100", "s:8"),
            ],
            "SELECT department FROM teams": [("support",)],
            "SELECT person_id, role FROM positions": [("s:7", "agent"), ("s:8", "admin")],
        },
    ),
    "stripe": (
        {
            "customers": "id,created,delinquent,email,invoice_prefix,tax_exempt,name,address_country,is_deleted\n"
            "cus_1,2025-01-01 10:00:00,FALSE,,X,none,Aster,FR,FALSE\n",
            "subscriptions": "id,customer_id,status,current_period_start,current_period_end,cancel_at_period_end,created,"
            "start_date,canceled_at,ended_at\nsub_1,cus_1,active,2026-01-01,2026-02-01,FALSE,2025-12-31,2026-01-01,,\n",
            "invoices": "id,customer_id,amount_due,amount_paid,subscription_id,attempt_count,status,total,currency,due_date,"
            "period_start\nin_1,cus_1,123456,0,sub_1,1,open,123456,usd,2026-02-01,2026-01-01\n"
            "in_2,cus_1,1,0,sub_1,0,draft,1,usd,,2026-01-01\n",
        },
        {
            "SELECT invoice_id, contract_id, CAST(amount AS VARCHAR), currency FROM invoices": [
                ("s:in_1", "s:sub_1", "1234.5600", "USD"),
            ],
            "SELECT contract_id, CAST(starts_on AS VARCHAR), CAST(ends_on AS VARCHAR), notice_on FROM contracts": [
                ("s:sub_1", "2026-01-01", "2026-02-01", None),
            ],
        },
    ),
    "qualtrics": (
        {
            "responses": "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,RecipientEmail,"
            "ExternalReference,DistributionChannel,Q1\nStart Date,End Date,Response Type,Progress,Finished,Recorded Date,"
            'Response ID,Recipient Email,External Data Reference,Distribution Channel,"How likely, 0 to 10,\nare you …?"\n'
            '"{""ImportId"":""startDate""}",e,s,p,f,r,i,m,x,d,q\n'
            "2026-01-01 09:00:00,2026-01-01 09:05:00,0,100,1,2026-01-01 09:05:01,R_1,c@x,,email,9\n",
        },
        {
            "SELECT invitation_id, kind, CAST(score AS DOUBLE), CAST(answered_at AS VARCHAR) FROM surveys": [
                ("s:R_1", "nps", 9.0, "2026-01-01 09:05:01"),
            ],
        },
    ),
    "jira": (
        {
            "users": "id,email,name,username,locale,is_active\nu1,a@x,Ann,ann,en,true\nu2,b@x,Bo,bo,en,true\n",
            "issues": "id,key,project,assignee,reporter,issue_type,status,resolution,created,resolved,due_date,priority,"
            "summary,_fivetran_deleted\n10,T-1,P,u2,u1,Bug,3,1,2026-01-01 10:00:00,2026-01-03 10:00:00,2026-01-02,3,No,FALSE\n",
            "history": "field_id,issue_id,time,value,author_id\nassignee,10,2026-01-01 10:00:00,u1,u1\n"
            "summary,10,2026-01-01 10:00:00,No,u1\nassignee,10,2026-01-02 10:00:00,u2,u1\n",
        },
        {
            "SELECT ticket_id, assignee_id, topic, CAST(due_at AS VARCHAR) FROM tickets": [
                ("s:10", "s:u2", "Bug", "2026-01-02 00:00:00"),
            ],
            "SELECT person_id FROM ticket_steps ORDER BY seq": [("s:u1",), ("s:u2",)],
        },
    ),
    "servicenow": (
        {
            "log": "number,caller_id,opened_at,sys_updated_at,sys_mod_count,made_sla,assigned_to,assignment_group,resolved_at,"
            "closed_at,priority,category,contact_type,reopen_count,reassignment_count,incident_state,ident_state\n"
            "INC1,c1,1/2/2026 10:00,1/2/2026 10:00,0,true,?,g1,?,?,2,net,Phone,0,0,x,New\n"
            "INC1,c1,1/2/2026 10:00,3/2/2026 10:00,10,false,p2,g2,3/2/2026 10:00,?,2,net,Phone,0,2,x,Resolved\n"
            "INC1,c1,1/2/2026 10:00,2/2/2026 10:00,9,true,p1,g1,?,?,2,net,Phone,0,1,x,Active\n",
        },
        {
            "SELECT ticket_id, assignee_id, team_id, reassignments, met_service_level, CAST(solved_at AS VARCHAR) "
            "FROM tickets": [("s:INC1", "s:p2", "s:g2", 2, False, "2026-02-03 10:00:00")],
            "SELECT seq, person_id, status FROM ticket_steps ORDER BY seq": [
                (0, None, "New"), (9, "s:p1", "Active"), (10, "s:p2", "Resolved"),
            ],
            "SELECT person_id FROM people": [("s:p1",), ("s:p2",)],
        },
    ),
    "answers": (
        {
            "delighted": "id,survey_type,score,comment,created_at,person\n1,nps,9,good,2026-01-01,x\n2,csat,4,,2026-01-02,y\n"
            "3,smileys,1,,2026-01-02,z\n",
            "other": "email,score,comment,date,id\na@x,7,fine,2026-01-05,a1\n",
        },
        {
            "SELECT invitation_id, kind, CAST(scale_min AS INTEGER), CAST(scale_max AS INTEGER) FROM surveys": [
                ("s:1", "nps", 0, 10), ("s:2", "csat", 1, 5), ("s:3", "other", 1, 5), ("s:a1", "nps", 0, 10),
            ],
        },
    ),
    "hris": (
        {
            "org": "Employee ID,Manager ID,Hire Date,First Name,Last Name,Job Title,Department,FTE,Position Start Date,"
            "Position End Date,Termination Date\n1,2,2024-01-01,Ann,Ash,Agent,Support,0.8,2024-01-01,2025-01-01,\n"
            "1,2,2024-01-01,Ann,Ash,Team lead,Support,0.8,2025-01-01,,\n2,,2020-01-01,Bo,Bell,Director,Support,1,2020-01-01,,\n",
        },
        {
            "SELECT person_id, CAST(hired_on AS VARCHAR) FROM people": [("s:1", "2024-01-01"), ("s:2", "2020-01-01")],
            "SELECT person_id, role, manager_id, CAST(to_on AS VARCHAR), CAST(fte AS DOUBLE) FROM positions "
            "WHERE person_id = 's:1' ORDER BY from_on": [
                ("s:1", "Agent", "s:2", "2025-01-01", 0.8), ("s:1", "Team lead", "s:2", None, 0.8),
            ],
            "SELECT team_id FROM teams": [("s:Support",)],
        },
    ),
    "intercom": (
        {
            "admins": "id,email,job_title,name\n1,a@x,Agent,Ann\n2,b@x,Agent,Bo\n",
            "conversations": "id,updated_at,assignee_id,conversation_rating_value,conversation_rating_created_at,created_at,"
            "first_contact_reply_created_at,sla_status,source_type,state,conversation_rating_remark\n"
            "5,2026-01-01 10:00:00 UTC,1,,,2026-01-01 09:00:00 UTC,,active,conversation,open,\n"
            "5,2026-01-02 10:00:00 UTC,2,4,2026-01-02 10:00:00 UTC,2026-01-01 09:00:00 UTC,,hit,conversation,closed,ok\n"
            "6,2026-01-02 10:00:00 UTC,2,,,2026-01-01 09:00:00 UTC,,missed,conversation,closed,\n",
            "parts": "id,conversation_id,assigned_to_id,assigned_to_type,part_type,author_type,created_at\n"
            "1,5,2,admin,assignment,admin,2026-01-01 12:00:00 UTC\n2,5,,,close,admin,2026-01-01 13:00:00 UTC\n",
        },
        {
            "SELECT ticket_id, assignee_id, met_service_level, CAST(opened_at AS VARCHAR) FROM tickets": [
                ("s:5", "s:2", True, "2026-01-01 09:00:00"), ("s:6", "s:2", False, "2026-01-01 09:00:00"),
            ],
            "SELECT invitation_id, CAST(score AS DOUBLE) FROM surveys": [("s:5", 4.0)],
            "SELECT person_id FROM ticket_steps": [("s:2",)],
        },
    ),
    "segment": (
        {
            "tracks": "id,anonymous_id,user_id,event,event_text,original_timestamp,received_at,timestamp,context_group_id\n"
            "1,a,u,opened,Opened,2026-01-01 09:00:00,x,2026-01-01 09:00:00,c1\n"
            "2,a,u,opened,Opened,2026-01-01 10:00:00,x,2026-01-01 10:00:00,c1\n"
            "3,a,u,saved,Saved,2026-01-01 10:00:00,x,2026-01-01 10:00:00,c1\n",
        },
        {"SELECT feature, events FROM usage": [("opened", 2), ("saved", 1)]},
    ),
    "posthog": (
        {
            "events": "uuid,event,distinct_id,properties,timestamp,$group_0\n"
            '1,open,u,"{""a"": ""b""}",2026-01-01T09:00:00Z,c1\n2,open,u,{},2026-01-01T10:00:00Z,c1\n',
        },
        {"SELECT feature, events FROM usage": [("open", 2)]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("preset", CASES)
def test_values_of_a_preset(preset: str, tmp_path: Path) -> None:
    files, asked = CASES[preset]
    folder = tmp_path / "company"
    (folder / "sources").mkdir(parents=True)
    (folder / "exports").mkdir()
    (folder / "keepwell.yaml").write_text("company: A\ncurrency: EUR\n", encoding="utf-8")
    (folder / "sources/s.yaml").write_text(f"preset: {preset}\nreads: exports/*.csv\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"exports/{name}.csv").write_text(text, encoding="utf-8")
    if preset in {"segment", "posthog"}:  # usage is of customers, whom another source names
        (folder / "sources/crm.yaml").write_text(
            "source: s\nreads: exports/crm.csv.txt\nbecomes: {customers: {customer_id: id}}\n", encoding="utf-8"
        )
        (folder / "exports/crm.csv.txt").write_text("id\nc1\n", encoding="utf-8")
    report = collect(read_project(folder))
    assert report.warnings == ()
    assert [waiting.reasons for waiting in report.quarantine] == []
    with duckdb.connect(":memory:") as con:
        snapshot = Snapshot(Record(read_project(folder).record))
        for table in ("customers", "people", "teams", "positions", "deals", "deal_shares", "contracts", "invoices", "tickets",
                      "ticket_steps", "touches", "surveys", "usage"):  # fmt: skip
            con.register(table, snapshot.fetch(table))
        for sql, expected in asked.items():
            found = con.execute(sql).fetchall()
            assert (found if "ORDER BY" in sql else sorted(found, key=str)) == expected, sql
